/**
 * A thread that verifies packed triples of public key (32 bytes), digest (32) and signature (64); see signature-pool.ts.
 * The answer for triple i is written to byte i of the same buffer, which goes back: byte i belongs to triple ⌊i ÷ 128⌋ ≤ i, which
 * has been read by then.
 */
import { ed25519Provider } from '@symbolon/primitives'
import { runInstaller, serveThread, type ThreadInstaller } from './thread.ts'

const TRIPLE_BYTES = 128

export interface VerificationRequest {
  readonly packed: Uint8Array<ArrayBuffer>
  readonly count: number
}

serveThread<{ installer?: ThreadInstaller }, VerificationRequest>(async ({ installer }) => {
  await runInstaller(installer)
  const provider = ed25519Provider()
  return ({ packed, count }) => {
    for (let i = 0; i < count; i++) {
      const at = i * TRIPLE_BYTES
      const digest = packed.subarray(at + 32, at + 64)
      packed[i] = Number(
        provider.verify(packed.subarray(at + 64, at + 128), digest, packed.subarray(at, at + 32)),
      )
    }
    return { value: packed, transfer: [packed.buffer] }
  }
})
