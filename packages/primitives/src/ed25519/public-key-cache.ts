/** Parsed public keys held per provider by default; at about 1 KiB each, at most some 4 MiB. */
export const PUBLIC_KEY_CACHE_ENTRIES_MAX = 4096

/**
 * Least recently used map from the bytes of a public key to its parsed form, since parsing costs as much as a
 * good part of a verification. It never changes an answer: what it holds is a function of the bytes alone.
 *
 * A JavaScript Map iterates in insertion order, so re-inserting on use makes its first entry the oldest.
 */
export class PublicKeyCache<Parsed> {
  readonly #entries = new Map<string, Parsed>()
  readonly #capacity: number
  readonly #parse: (publicKey: Uint8Array) => Parsed

  /** `parse` may throw; nothing is kept then, so invalid keys cannot push valid ones out. */
  constructor(parse: (publicKey: Uint8Array) => Parsed, capacity = PUBLIC_KEY_CACHE_ENTRIES_MAX) {
    this.#parse = parse
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  get(publicKey: Uint8Array): Parsed {
    // One character per byte: the cheapest injective string key for 32 or 48 bytes.
    const id = String.fromCharCode.apply(null, publicKey as unknown as number[])
    const known = this.#entries.get(id)
    if (known !== undefined) {
      this.#entries.delete(id)
      this.#entries.set(id, known)
      return known
    }
    const parsed = this.#parse(publicKey)
    this.#entries.set(id, parsed)
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value as string)
    return parsed
  }
}
