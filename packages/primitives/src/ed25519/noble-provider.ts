import { ed25519 as noble } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Ed25519Provider } from './provider.ts'
import { passesByteChecks } from './verification-rule.ts'

/**
 * Ed25519 on @noble/curves: pure TypeScript, about 1 ms per verification. Runs in any browser and is the
 * reference that the native providers are compared with.
 */

const Point = noble.Point
const GROUP_ORDER = Point.Fn.ORDER

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
  return value
}

export const nobleEd25519Provider: Ed25519Provider = {
  name: 'noble',

  createSigner(seed) {
    const secret = seed.slice()
    return { publicKey: noble.getPublicKey(secret), sign: (message) => noble.sign(message, secret) }
  },

  verify(signature, message, publicKey) {
    if (!passesByteChecks(signature, publicKey)) return false
    let key: InstanceType<typeof Point>
    try {
      key = Point.fromBytes(publicKey)
    } catch {
      return false // not on the curve
    }
    const r = signature.subarray(0, 32)
    const challenge = littleEndian(sha512.create().update(r).update(publicKey).update(message).digest())
    // Rule 5 without the cofactor: recompute R and compare bytes, where noble's own verify would clear torsion.
    const expected = Point.BASE.multiplyUnsafe(littleEndian(signature.subarray(32)))
      .subtract(key.multiplyUnsafe(challenge % GROUP_ORDER))
      .toBytes()
    return expected.every((byte, i) => byte === r[i])
  },
}
