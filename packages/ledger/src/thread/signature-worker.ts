/** A thread that verifies packed (public key, digest, signature) triples; see signature-pool.ts. */
import { ed25519Provider } from '@symbolon/primitives'
import { runInstaller, serveThread, type ThreadInstaller } from './thread.ts'

const TRIPLE_BYTES = 128

serveThread<{ installer?: ThreadInstaller }, Uint8Array>(async ({ installer }) => {
  await runInstaller(installer)
  const provider = ed25519Provider()
  return (packed) => {
    const count = packed.length / TRIPLE_BYTES
    const valid = new Uint8Array(count)
    for (let i = 0; i < count; i++) {
      const at = i * TRIPLE_BYTES
      valid[i] = Number(
        provider.verify(
          packed.subarray(at + 64, at + 128),
          packed.subarray(at + 32, at + 64),
          packed.subarray(at, at + 32),
        ),
      )
    }
    return { value: valid, transfer: [valid.buffer] }
  }
})
