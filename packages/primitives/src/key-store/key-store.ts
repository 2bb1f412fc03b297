import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { requireLength } from '../hash/input-length.ts'
import { outOfBounds, unlockFailed } from './errors.ts'
import {
  associatedData,
  formatKeyStore,
  type KeyStoreHeader,
  parseKeyStore,
  requireLabel,
} from './file-format.ts'
import {
  deriveKey,
  KEY_DERIVATION_DEFAULT,
  type KeyDerivationParameters,
  passwordBytes,
  requireKeyDerivationBounds,
} from './key-derivation.ts'
import { KEY_STORE_NONCE_BYTES, KEY_STORE_SALT_BYTES, KEY_STORE_SECRET_BYTES_MAX } from './limits.ts'

export interface EncryptKeyStoreOptions {
  /** The bytes to protect, at most `KEY_STORE_SECRET_BYTES_MAX`. */
  secret: Uint8Array
  password: string
  /** 16 fresh random bytes. */
  salt: Uint8Array
  /** 24 fresh random bytes. */
  nonce: Uint8Array
  /** Public; `''` by default. */
  label?: string
  parameters?: KeyDerivationParameters
}

/**
 * The text of a key store file: the secret under XChaCha20-Poly1305 with a key that Argon2id makes from the
 * password, the whole header as associated data. Pure: writing the file, and the randomness, are the caller's.
 *
 * Errors, in this order: `INPUT_LENGTH` (salt, nonce), `KEY_STORE_PARAMETER_OUT_OF_BOUNDS` (costs, secret, label,
 * password).
 */
export function encryptKeyStore(options: EncryptKeyStoreOptions): string {
  const { secret, password, salt, nonce, label = '', parameters = KEY_DERIVATION_DEFAULT } = options
  requireLength(salt, KEY_STORE_SALT_BYTES, 'salt')
  requireLength(nonce, KEY_STORE_NONCE_BYTES, 'nonce')
  requireKeyDerivationBounds(parameters)
  if (secret.length > KEY_STORE_SECRET_BYTES_MAX)
    throw outOfBounds('secret length in bytes', secret.length, `at most ${KEY_STORE_SECRET_BYTES_MAX}`)
  requireLabel(label)
  const { memoryKiB, passes, parallelism } = parameters
  const header: KeyStoreHeader = { label, memoryKiB, passes, parallelism, salt, nonce }
  const key = deriveKey(passwordBytes(password), salt, parameters)
  try {
    return formatKeyStore(header, xchacha20poly1305(key, nonce, associatedData(header)).encrypt(secret))
  } finally {
    key.fill(0)
  }
}

/**
 * The secret in a key store file. The caller should zero it after use.
 *
 * Errors, in this order: `KEY_STORE_MALFORMED` and, for sizes, `KEY_STORE_PARAMETER_OUT_OF_BOUNDS`;
 * `KEY_STORE_PARAMETER_OUT_OF_BOUNDS` for costs over the bounds, before anything is computed; and
 * `KEY_STORE_UNLOCK_FAILED` for a wrong password and for a changed file alike.
 */
export function decryptKeyStore(text: string, password: string): Uint8Array {
  const { header, ciphertext } = parseKeyStore(text)
  requireKeyDerivationBounds(header)
  const key = deriveKey(passwordBytes(password), header.salt, header)
  try {
    return xchacha20poly1305(key, header.nonce, associatedData(header)).decrypt(ciphertext)
  } catch {
    throw unlockFailed()
  } finally {
    key.fill(0)
  }
}
