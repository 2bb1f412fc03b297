/**
 * What rules did to which edges, and why: whoever is penalised can see it and appeal (TRU-008, TRU-070). Kept in columns, because
 * a rule on mutual pairs may touch most edges of a graph; 24 bytes per record.
 */

export type EdgeRuleName =
  | 'attestation-delay'
  | 'pair-cap'
  | 'endorsement-budget'
  | 'reciprocal'
  | 'carousel'
  | 'star'

/** What a rule found: one finding can concern many edges. */
export interface Finding {
  readonly rule: EdgeRuleName
  /** For people, with the numbers that decided. */
  readonly why: string
  /** The ring, or the hub: identifiers. */
  readonly nodes: readonly string[]
}

export interface RuleRecord extends Finding {
  /** Place of the edge: an entry of `support`, or of the table of evidence. */
  readonly place: number
  readonly from: string
  readonly to: string
  /** Weight before and after this rule. */
  readonly before: number
  readonly after: number
}

const CAPACITY_FIRST = 64

export class RuleLog implements Iterable<RuleRecord> {
  readonly findings: Finding[] = []
  #size = 0
  #places = new Uint32Array(CAPACITY_FIRST)
  #causes = new Uint32Array(CAPACITY_FIRST)
  #before = new Float64Array(CAPACITY_FIRST)
  #after = new Float64Array(CAPACITY_FIRST)
  readonly #endsOf: (place: number) => readonly [string, string]

  /** `endsOf` names the ends of the edge at a place. */
  constructor(endsOf: (place: number) => readonly [string, string]) {
    this.#endsOf = endsOf
  }

  get size(): number {
    return this.#size
  }

  /** The number under which records refer to it. */
  find(finding: Finding): number {
    return this.findings.push(finding) - 1
  }

  record(place: number, finding: number, before: number, after: number): void {
    const at = this.#size++
    if (at === this.#places.length) this.#grow()
    this.#places[at] = place
    this.#causes[at] = finding
    this.#before[at] = before
    this.#after[at] = after
  }

  #grow(): void {
    const length = this.#places.length * 2
    this.#places = new Uint32Array(this.#places.buffer.transfer(length * 4))
    this.#causes = new Uint32Array(this.#causes.buffer.transfer(length * 4))
    this.#before = new Float64Array(this.#before.buffer.transfer(length * 8))
    this.#after = new Float64Array(this.#after.buffer.transfer(length * 8))
  }

  at(record: number): RuleRecord {
    if (!(record >= 0 && record < this.#size)) throw new RangeError(`record ${record} of ${this.#size}`)
    const place = this.#places[record]!
    const [from, to] = this.#endsOf(place)
    const finding = this.findings[this.#causes[record]!]!
    return { ...finding, place, from, to, before: this.#before[record]!, after: this.#after[record]! }
  }

  *[Symbol.iterator](): Iterator<RuleRecord> {
    for (let record = 0; record < this.#size; record++) yield this.at(record)
  }

  /** Records of the edges that begin or end at a node. O(records). */
  involving(id: string): RuleRecord[] {
    return [...this].filter(({ from, to }) => from === id || to === id)
  }
}
