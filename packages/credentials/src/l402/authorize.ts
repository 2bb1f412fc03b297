import type { RequestContext } from '../caveat/request-context.ts'
import type { CredentialVerifier, Grant } from '../credential/verifier.ts'
import { CredentialError, type Refusal, refusal } from '../errors.ts'
import { parsePresentation } from './presentation.ts'

/**
 * The server's whole check of an Authorization header (L402-10). Answer a refusal with 402 and a fresh challenge.
 * Bad bytes are refused like a bad credential; only a failing counter store rejects.
 */
export async function authorizeHeader(
  verifier: CredentialVerifier,
  header: string,
  context: RequestContext,
): Promise<Grant | Refusal> {
  try {
    const { macaroon, preimage } = parsePresentation(header)
    return await verifier.verify(macaroon, preimage, context)
  } catch (error) {
    // COUNTER_STORE_FULL is the server's trouble and not the client's: let it surface as such.
    if (error instanceof CredentialError && error.code !== 'COUNTER_STORE_FULL')
      return refusal(error.code, error.message)
    throw error
  }
}
