import type { NodeCrypto } from '../hash/node-crypto.ts'
import type { Ed25519Provider } from './provider.ts'
import { PublicKeyCache } from './public-key-cache.ts'
import { passesByteChecks } from './verification-rule.ts'

/** RFC 8410 wrappers with everything but the 32 key bytes: PKCS #8 for a seed, SubjectPublicKeyInfo for a key. */
const PKCS8_PREFIX = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x04,
  0x22,
  0x04,
  0x20,
)
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

function wrap(prefix: Uint8Array, key: Uint8Array): Buffer {
  const der = new Uint8Array(prefix.length + key.length)
  der.set(prefix)
  der.set(key, prefix.length)
  // Node's key API takes Buffers; this is a view, and Buffer exists wherever node:crypto does.
  return Buffer.from(der.buffer)
}

/**
 * Ed25519 on Node's OpenSSL: about half of libsodium's speed, no native package. Building a key object costs a
 * third of a verification, hence the cache.
 */
export function createNodeEd25519Provider(crypto: NodeCrypto): Ed25519Provider {
  const publicKeys = new PublicKeyCache((publicKey) =>
    crypto.createPublicKey({ key: wrap(SPKI_PREFIX, publicKey), format: 'der', type: 'spki' }),
  )
  return {
    name: 'node:crypto',

    createSigner(seed) {
      const der = wrap(PKCS8_PREFIX, seed)
      const secret = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      der.fill(0)
      const spki = crypto.createPublicKey(secret).export({ format: 'der', type: 'spki' })
      return {
        publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
        sign: (message) => {
          const signature = crypto.sign(null, message, secret)
          return new Uint8Array(signature.buffer, signature.byteOffset, signature.length)
        },
      }
    },

    verify(signature, message, publicKey) {
      if (!passesByteChecks(signature, publicKey)) return false
      try {
        return crypto.verify(null, message, publicKeys.get(publicKey), signature)
      } catch {
        return false // OpenSSL may refuse the key when it is parsed
      }
    },
  }
}
