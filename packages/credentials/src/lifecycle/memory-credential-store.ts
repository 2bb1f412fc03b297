import type { CredentialRecord, CredentialStore } from './credential-store.ts'

/** Writes a record to durable storage, or removes it (`record` undefined). Encrypting is its business. */
export type PersistHook = (
  key: { readonly resource: string; readonly paymentHash: string },
  record: CredentialRecord | undefined,
) => Promise<void>

/**
 * Credentials in memory, in front of a durable hook. The hook is awaited before a change is visible, so what can be
 * read has been written; if the hook fails, nothing changed.
 */
export class MemoryCredentialStore implements CredentialStore {
  readonly #byResource = new Map<string, Map<string, CredentialRecord>>()
  readonly #persist: PersistHook

  /** `records` are those that the hook wrote in an earlier run. */
  constructor(persist: PersistHook, records: Iterable<CredentialRecord> = []) {
    this.#persist = persist
    for (const record of records) this.#set(record)
  }

  async put(record: CredentialRecord): Promise<void> {
    await this.#persist(record, record)
    this.#set(record)
  }

  get(resource: string, paymentHash: string): Promise<CredentialRecord | undefined> {
    return Promise.resolve(this.#byResource.get(resource)?.get(paymentHash))
  }

  list(resource: string): Promise<readonly CredentialRecord[]> {
    return Promise.resolve([...(this.#byResource.get(resource)?.values() ?? [])])
  }

  async delete(resource: string, paymentHash: string): Promise<void> {
    await this.#persist({ resource, paymentHash }, undefined)
    const records = this.#byResource.get(resource)
    records?.delete(paymentHash)
    if (records?.size === 0) this.#byResource.delete(resource)
  }

  #set(record: CredentialRecord): void {
    let records = this.#byResource.get(record.resource)
    if (records === undefined) {
      records = new Map()
      this.#byResource.set(record.resource, records)
    }
    records.set(record.paymentHash, record)
  }
}
