import { equalBytesConstantTime } from '@symbolon/primitives'
import { sha256 } from '../hmac/engine.ts'

/** `payment_hash = SHA-256(preimage)` (L402-2). */
export function paymentHashOfPreimage(preimage: Uint8Array): Uint8Array {
  return sha256(preimage)
}

/** True if `preimage` is 32 bytes and opens `paymentHash`: proof that the payment settled (L402-8). */
export function isPreimageOf(preimage: Uint8Array, paymentHash: Uint8Array): boolean {
  return preimage.length === 32 && equalBytesConstantTime(sha256(preimage), paymentHash)
}
