/** Random histories of trade, publication and challenge: whatever happens in whatever order, the books and the rules hold. */
import { asHash, equalBytes, type Hash } from '@symbolon/primitives'
import { TRUST_STATUS } from '@symbolon/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Agent, lastData } from '../harness.ts'
import { BOND, CHALLENGER, PEERS, PUBLISHER, TrustFrame } from './trust-frame.ts'

const wrong = (n: number): Hash => asHash(new Uint8Array(32).fill(n + 1))
const peer = fc.nat(5)

type Step =
  | { readonly do: 'buy'; readonly from: number; readonly to: number; readonly rate: number | undefined }
  | { readonly do: 'publish' | 'challenge'; readonly root: number | undefined; readonly back: number }
  | { readonly do: 'wait'; readonly heights: number }

const root = fc.option(fc.nat(1), { nil: undefined, freq: 2 })
const buy: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('buy' as const),
  from: peer,
  to: peer,
  rate: fc.option(fc.nat(1_000_000), { nil: undefined }),
})
const claim: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('publish' as const, 'publish' as const, 'challenge' as const),
  root,
  back: fc.constantFrom(0, 0, 0, 1),
})
const wait = (max: number): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant('wait' as const), heights: fc.integer({ min: 1, max }) })
/** Trade until an epoch ends, then claims in its windows, then a rest that may pass them, or the next epoch. */
const round: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(buy, { minLength: 1, maxLength: 4 }),
    fc.constant<Step>({ do: 'wait', heights: 20 }),
    fc.array(fc.oneof({ weight: 3, arbitrary: claim }, { weight: 2, arbitrary: wait(3) }), { maxLength: 6 }),
    wait(21),
  )
  .map(([trade, end, claims, rest]) => [...trade, end, ...claims, rest])

class History {
  readonly frame = new TrustFrame()
  readonly before = this.frame.total()
  destroyed = 0n
  /** Epochs whose right root somebody claimed, by publication or challenge, while it could count. */
  readonly defended = new Set<bigint>()

  run(of: Step): void {
    if (of.do === 'wait') for (let i = 0; i < of.heights; i++) this.#advance()
    else if (of.do === 'buy') this.#buy(of)
    else this.#claim(of)
    this.check()
  }

  #advance(): void {
    this.frame.advance()
    this.check()
  }

  #buy({ from, to, rate }: Extract<Step, { do: 'buy' }>): void {
    if (from === to) return
    const [buyer, seller] = [PEERS[from], PEERS[to]] as [Agent, Agent]
    const channel = this.frame.buy(buyer, seller)
    if (rate !== undefined) expect(this.frame.attest(buyer, channel, rate).code).toBe('OK')
  }

  #claim(of: Extract<Step, { do: 'publish' | 'challenge' }>): void {
    const newest = this.frame.head()?.sealed?.epoch
    if (newest === undefined) return
    const epoch = newest - BigInt(of.back)
    if (this.frame.record(epoch) === undefined) return
    const right =
      epoch === newest || this.frame.head()?.final?.epoch === epoch
        ? this.frame.compute(epoch).root
        : wrong(7)
    const claimed = of.root === undefined ? right : wrong(of.root)
    const status = this.frame.record(epoch)?.status
    const outcome =
      of.do === 'publish'
        ? this.frame.send(PUBLISHER, this.#publication(epoch, claimed))
        : this.frame.send(CHALLENGER, this.frame.challengeOf(epoch, claimed))
    const expected = of.do === 'publish' ? TRUST_STATUS.sealed : TRUST_STATUS.published
    if (outcome.code !== 'OK') {
      const same = outcome.code === 'TRUST_SAME_ROOT'
      expect(same || status !== expected).toBe(true)
      return
    }
    expect(status).toBe(expected)
    if (of.do === 'challenge') {
      this.defended.add(epoch)
      for (const { type } of outcome.events)
        if (type === 'reputation.destroyed')
          this.destroyed += lastData<{ amount: bigint }>(outcome, type).amount
    } else if (equalBytes(claimed, right)) this.defended.add(epoch)
  }

  #publication(epoch: bigint, claimed: Hash) {
    const {
      inputDigest,
      parametersDigest,
      nodes: count,
    } = this.frame.record(epoch) as NonNullable<ReturnType<TrustFrame['record']>>
    return {
      kind: 'reputation.publish' as const,
      body: { epoch, root: claimed, inputDigest, parametersDigest, count },
    }
  }

  check(): void {
    const { frame } = this
    expect(frame.total()).toBe(this.before - this.destroyed)
    const { sealed, final, due } = frame.head() ?? {}
    if (sealed !== undefined) {
      const record = frame.record(sealed.epoch)
      const open = record?.status === TRUST_STATUS.published
      expect(frame.held('escrow', record?.inputDigest as Hash)).toBe(open ? BOND : 0n)
      if (due === undefined) expect([TRUST_STATUS.final, TRUST_STATUS.missed]).toContain(record?.status)
      // What is sealed is what its digest says, until another takes its place.
      expect(frame.compute(sealed.epoch).inputDigest).toEqual(record?.inputDigest)
    }
    if (final === undefined) return
    const computed = frame.compute(final.epoch)
    expect(computed.inputDigest).toEqual(final.inputDigest)
    if (this.defended.has(final.epoch)) expect(final.root).toEqual(computed.root)
  }
}

describe('any history', () => {
  it('keeps every unit, every sealed input, and every root that somebody defended', () => {
    let finals = 0
    void fc.assert(
      fc.property(fc.array(round, { minLength: 2, maxLength: 6 }), (rounds) => {
        const history = new History()
        for (const one of rounds.flat()) history.run(one)
        if (history.frame.head()?.final !== undefined) finals++
      }),
      { numRuns: 40 },
    )
    // The histories do get there.
    expect(finals).toBeGreaterThan(5)
  })
})
