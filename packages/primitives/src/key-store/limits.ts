/** Bounds on the cost of opening a file, so that a planted one can neither exhaust memory nor hang the reader. */
export const KEY_STORE_MEMORY_KIB_MIN = 8 * 1024
export const KEY_STORE_MEMORY_KIB_MAX = 1024 * 1024
export const KEY_STORE_PASSES_MAX = 16
export const KEY_STORE_PARALLELISM_MAX = 16
/** Most secret bytes in one file: keys, not documents. */
export const KEY_STORE_SECRET_BYTES_MAX = 64 * 1024
/** Most characters of a file: the largest secret in hexadecimal, and its header. */
export const KEY_STORE_FILE_CHARACTERS_MAX = 2 * KEY_STORE_SECRET_BYTES_MAX + 4096
/** Most characters of the label. */
export const KEY_STORE_LABEL_CHARACTERS_MAX = 256
/** Most UTF-8 bytes of a password. */
export const KEY_STORE_PASSWORD_BYTES_MAX = 1024

export const KEY_STORE_SALT_BYTES = 16
export const KEY_STORE_NONCE_BYTES = 24
export const KEY_STORE_TAG_BYTES = 16
