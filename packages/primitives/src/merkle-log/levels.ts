import { HASH_BYTES, merkleNodeHashInto } from './hashing.ts'

/**
 * Hashes of all complete subtrees: level h holds those of 2^h leaves, in order, in one flat array. 64 bytes per
 * leaf altogether. Level arrays double when full, so appending costs amortised one copy.
 */
export class SubtreeLevels {
  readonly #levels: Uint8Array[] = []
  #size = 0

  constructor(expectedLeaves = 0) {
    for (let room = expectedLeaves; room >= 1; room = Math.floor(room / 2))
      this.#levels.push(new Uint8Array(room * HASH_BYTES))
  }

  get size(): number {
    return this.#size
  }

  /** Hash of the complete subtree number `index` at `height`; a view, not to be handed out or written to. */
  node(height: number, index: number): Uint8Array {
    return this.#levels[height]!.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  }

  append(leafHash: Uint8Array): void {
    let index = this.#size
    this.#room(0, index).set(leafHash, index * HASH_BYTES)
    // An odd position completes the subtree above it.
    for (let height = 0; index % 2 === 1; height++) {
      const parent = Math.floor(index / 2)
      const above = this.#room(height + 1, parent)
      merkleNodeHashInto(this.#levels[height]!, (index - 1) * HASH_BYTES, above, parent * HASH_BYTES)
      index = parent
    }
    this.#size++
  }

  /** The array of `height`, grown to hold `index`. */
  #room(height: number, index: number): Uint8Array {
    const level = this.#levels[height]
    if (level !== undefined && level.length > index * HASH_BYTES) return level
    const grown = new Uint8Array(Math.max(16, (index + 1) * 2) * HASH_BYTES)
    if (level !== undefined) grown.set(level)
    this.#levels[height] = grown
    return grown
  }
}
