/** Who checks signatures: half of all work on the ledger, and the part that spreads over cores without any ordering. */
import { ed25519Provider } from '@symbolon/primitives'
import type { TransactionCandidate } from './candidate.ts'

export interface SignatureVerifier {
  /** Sets `signaturesValid` of every candidate that has none yet. */
  verify(candidates: readonly TransactionCandidate[]): Promise<void>
  close(): Promise<void>
}

/** In this thread. */
export const inlineSignatureVerifier: SignatureVerifier = {
  async verify(candidates) {
    const provider = ed25519Provider()
    for (const candidate of candidates)
      candidate.signaturesValid ??= candidate.transaction.signatures.every(({ signature, publicKey }) =>
        provider.verify(signature, candidate.id, publicKey),
      )
  },
  async close() {},
}
