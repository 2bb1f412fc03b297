import { createHash } from 'node:crypto'
import { type Macaroon, type MintParameters, mintCredential, RootKeys } from '../src/index.ts'

/** A provider for tests: fixed keys, the preimage of example T-9, and the expiry of example T-5. */
export const NOW = 1717027000
export const EXPIRY = 1717027200
export const preimage = new Uint8Array(32).fill(1)
export const paymentHash = new Uint8Array(createHash('sha256').update(preimage).digest())
/** T-9. */
export const PAYMENT_HASH_HEX = '72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793'

export const masterSecret = Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 1)
export const rootKeys = new RootKeys('test', new Map([[1, masterSecret]]), 1)

export function mint(caveats: readonly string[] = [], overrides: Partial<MintParameters> = {}): Macaroon {
  return mintCredential({
    rootKeys,
    paymentHash,
    nonce: new Uint8Array(16).fill(5),
    now: NOW,
    expiresAt: EXPIRY,
    caveats,
    ...overrides,
  })
}
