/**
 * One purchase of a credential. `pending` is written before paying, `active` as soon as the preimage is known
 * (L402-5, L402-6): at every instant the store knows each payment that may have been made.
 */
export interface CredentialRecord {
  /** The resource endpoint that the credential was bought for. */
  readonly resource: string
  /** Lower-case hexadecimal; with `resource`, the key of the record (L402-12). */
  readonly paymentHash: string
  /** The macaroon's bytes as received. */
  readonly macaroon: Uint8Array
  /** Base units that were or may have been paid. */
  readonly amount: bigint
  /** Unix seconds; undefined for a foreign credential without an expiry. */
  readonly expiresAt: number | undefined
  readonly status: 'pending' | 'active'
  /** 32 bytes once active. With the macaroon a bearer secret: encrypt it at rest. */
  readonly preimage: Uint8Array | undefined
}

/**
 * Where a client keeps its credentials. `put` and `delete` are durable when they resolve: a caller pays on the
 * strength of a stored stub, and reports success on the strength of a stored preimage (L402-7).
 */
export interface CredentialStore {
  put(record: CredentialRecord): Promise<void>
  get(resource: string, paymentHash: string): Promise<CredentialRecord | undefined>
  list(resource: string): Promise<readonly CredentialRecord[]>
  delete(resource: string, paymentHash: string): Promise<void>
}

/** The credential to present now: active, unexpired, and of those the one that lives longest. */
export async function usableCredential(
  store: CredentialStore,
  resource: string,
  now: number,
): Promise<CredentialRecord | undefined> {
  let best: CredentialRecord | undefined
  for (const record of await store.list(resource)) {
    if (record.status !== 'active' || now > (record.expiresAt ?? Number.POSITIVE_INFINITY)) continue
    if (best === undefined || lifeOf(record) > lifeOf(best)) best = record
  }
  return best
}

function lifeOf(record: CredentialRecord): number {
  return record.expiresAt ?? Number.POSITIVE_INFINITY
}
