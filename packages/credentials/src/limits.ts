/**
 * Every bound of this package, with its reason. Sizes are in bytes, times in seconds unless the name says otherwise.
 *
 * A credential travels in one HTTP header. Node and most proxies stop at 16 KiB for all headers together, so 8 KiB of
 * macaroon (10.9 KiB in base64) is the most that can be carried in practice.
 */
export const MACAROON_BYTES_MAX = 8_192
/** Bounds the HMAC work that a stranger can cause: 32 caveats of 512 bytes cost 32 chain steps, about 25 µs. */
export const CAVEATS_MAX = 32
export const CAVEAT_BYTES_MAX = 512
export const IDENTIFIER_BYTES_MAX = 256
export const LOCATION_BYTES_MAX = 256
/** Encrypted key of a third-party caveat: libmacaroons makes 72 bytes. */
export const VERIFICATION_ID_BYTES_MAX = 256

/** `a AND b AND …` in one caveat. */
export const CLAUSES_PER_CAVEAT_MAX = 4
export const CAVEAT_NAME_BYTES_MAX = 32
export const CAVEAT_TEXT_BYTES_MAX = 256

/** Amounts and counts are unsigned 64-bit. */
export const UINT64_MAX = 0xffff_ffff_ffff_ffffn

/** A master secret is exactly one HMAC-SHA256 key. */
export const MASTER_SECRET_BYTES = 32
export const MASTER_SECRETS_MAX = 64
export const KEY_VERSION_MAX = 0xffff_ffff

/** The longest life that an issuer mints unless told otherwise: longer over-provisions (LIFE-1). */
export const EXPIRY_WINDOW_SECONDS_MAX = 86_400
/** Skew that a verifier adds to an expiry. Zero unless set; more than the bound would hide a broken clock. */
export const CLOCK_SKEW_SECONDS_DEFAULT = 0
export const CLOCK_SKEW_SECONDS_MAX = 300
/** Length of the interval of `bytes_per_interval <= N`, which the book leaves open; the caveat may state its own. */
export const BYTE_INTERVAL_SECONDS_DEFAULT = 60

/** Live counters in the memory store; a counter is about 150 bytes, so the full store is about 150 MB. */
export const COUNTERS_MAX = 1_000_000

export const CHALLENGE_HEADER_CHARS_MAX = 32_768
export const CHALLENGES_PER_HEADER_MAX = 8
export const AUTH_PARAMS_PER_CHALLENGE_MAX = 16
export const INVOICE_CHARS_MAX = 8_192
export const BINDING_BYTES_MAX = 2_048
export const BINDING_SIGNATURE_BYTES_MAX = 256
