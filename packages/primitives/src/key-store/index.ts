export { KeyStoreError } from './errors.ts'
export { KEY_DERIVATION_DEFAULT, type KeyDerivationParameters } from './key-derivation.ts'
export { decryptKeyStore, type EncryptKeyStoreOptions, encryptKeyStore } from './key-store.ts'
export {
  KEY_STORE_FILE_CHARACTERS_MAX,
  KEY_STORE_LABEL_CHARACTERS_MAX,
  KEY_STORE_MEMORY_KIB_MAX,
  KEY_STORE_MEMORY_KIB_MIN,
  KEY_STORE_NONCE_BYTES,
  KEY_STORE_PARALLELISM_MAX,
  KEY_STORE_PASSES_MAX,
  KEY_STORE_PASSWORD_BYTES_MAX,
  KEY_STORE_SALT_BYTES,
  KEY_STORE_SECRET_BYTES_MAX,
} from './limits.ts'
