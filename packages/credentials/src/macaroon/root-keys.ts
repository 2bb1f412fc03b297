import { CredentialError } from '../errors.ts'
import { hmacSha256 } from '../hmac/engine.ts'
import { KEY_VERSION_MAX, MASTER_SECRET_BYTES, MASTER_SECRETS_MAX } from '../limits.ts'
import { asciiBytes, isPlainText } from '../text/ascii.ts'

const DOMAIN = 'symbolon/credentials/root-key/1'

/**
 * Root keys without a table (MAC-5): each credential's root key is derived from a versioned master secret, the scope
 * (the service that the keys are for) and the identifier, so any replica that holds the secrets can verify.
 *
 *     scope key[version] = HMAC(master secret[version], "symbolon/credentials/root-key/1" 00 scope)
 *     root key           = HMAC(scope key[version], identifier)
 *
 * Rotation (MAC-12): add a version and mint with it; retire the old one after the longest expiry has passed. Retiring
 * a version invalidates every credential that it issued, at once, and those alone; a narrow scope keeps a leaked
 * scope key from reaching other services. A leaked master secret forges anything (MAC-11).
 */
export class RootKeys {
  /** The version that new credentials are minted with. */
  readonly currentVersion: number
  readonly #scopeKeyByVersion = new Map<number, Uint8Array>()

  /** @throws MASTER_SECRET_INVALID */
  constructor(scope: string, masterSecretByVersion: ReadonlyMap<number, Uint8Array>, currentVersion: number) {
    if (scope.length === 0 || scope.length > 256 || !isPlainText(scope))
      throw invalid('the scope must be 1 to 256 visible ASCII characters')
    if (masterSecretByVersion.size > MASTER_SECRETS_MAX)
      throw invalid(`more than MASTER_SECRETS_MAX = ${MASTER_SECRETS_MAX} versions; retire old ones`)
    if (!masterSecretByVersion.has(currentVersion)) throw invalid('the current version has no secret')
    const label = asciiBytes(`${DOMAIN}\0${scope}`)
    for (const [version, secret] of masterSecretByVersion) {
      if (!Number.isInteger(version) || version < 0 || version > KEY_VERSION_MAX)
        throw invalid('a version is not an unsigned 32-bit integer')
      if (secret.length !== MASTER_SECRET_BYTES) throw invalid(`a secret is not ${MASTER_SECRET_BYTES} bytes`)
      if (secret.every((byte) => byte === secret[0]))
        throw invalid('a secret is one byte repeated, not random')
      this.#scopeKeyByVersion.set(version, hmacSha256(secret, label))
    }
    this.currentVersion = currentVersion
  }

  /** The root key of an identifier, or undefined if its key version is unknown or was retired. */
  derive(keyVersion: number, identifier: Uint8Array): Uint8Array | undefined {
    const scopeKey = this.#scopeKeyByVersion.get(keyVersion)
    return scopeKey === undefined ? undefined : hmacSha256(scopeKey, identifier)
  }
}

function invalid(reason: string): CredentialError {
  return new CredentialError('MASTER_SECRET_INVALID', `root keys cannot be set up: ${reason}`)
}
