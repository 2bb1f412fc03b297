import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  advance,
  answerAsBuyer,
  answerAsProvider,
  type BuyerPolicy,
  combinedDeviationPpm,
  decodeSigned,
  descriptorDigest,
  encodeSigned,
  type HardTerms,
  type NegotiationContent,
  type NegotiationMessage,
  type NegotiationState,
  negotiationForm,
  type ProviderPolicy,
  relativeDeviationPpm,
  type SoftRanges,
  type SoftTerms,
  signNegotiation,
} from '../src/index.ts'
import {
  altered,
  buyer,
  buyerKey,
  codeOf,
  codeOfAsync,
  descriptor,
  frame,
  NOW,
  otherFrame,
  provider,
  providerKey,
  soft,
  stranger,
  strangerKey,
} from './fixture.ts'

const hard: HardTerms = {
  descriptor: descriptorDigest(descriptor),
  resource: 'stations.csv',
  quantity: 500n,
  latencyCeilingMs: 80,
  throughputFloorOps: 100,
  credentialType: 'l402',
}
const ANY = { min: 0n, max: 10n ** 12n }
const wide: SoftRanges = { priceCapPerUnit: ANY, collateral: ANY, challengePeriod: ANY, creditWindow: ANY }
const policyOf = (ranges: Partial<SoftRanges> = {}): ProviderPolicy => ({
  descriptor,
  quantityMax: 1_000n,
  resources: ['stations.csv'],
  ranges: { ...wide, ...ranges },
})
const context = { frame, now: NOW }

async function send(
  state: NegotiationState | undefined,
  content: NegotiationContent,
  change: Partial<NegotiationMessage> = {},
  key = undefined as typeof buyerKey | undefined,
) {
  const fromBuyer = state === undefined || state.messages % 2 === 0
  const body: NegotiationMessage = {
    frame,
    from: fromBuyer ? buyer : provider,
    to: fromBuyer ? provider : buyer,
    number: (state?.messages ?? 0) + 1,
    ...(state === undefined ? {} : { previous: state.last }),
    content,
    validUntil: NOW + 10n,
    ...change,
  }
  return signNegotiation(body, key ?? (fromBuyer ? buyerKey : providerKey))
}
const offered = async (terms: SoftTerms = soft, hardTerms: HardTerms = hard) =>
  advance(
    undefined,
    await send(undefined, { kind: 'offer', body: { hard: hardTerms, soft: terms } }),
    context,
  )
const counter = (terms: Partial<SoftTerms>): NegotiationContent => ({
  kind: 'counterOffer',
  body: { soft: { ...soft, ...terms } },
})
const step = async (state: NegotiationState, content: NegotiationContent) =>
  advance(state, await send(state, content), context)

/** Both sides answer by their policies until one ends it. */
async function negotiate(
  buyerPolicy: BuyerPolicy,
  providerPolicy: ProviderPolicy,
  terms: SoftTerms = soft,
): Promise<NegotiationState> {
  let state = await offered(terms)
  while (state.phase === 'open') {
    const ofBuyer = state.messages % 2 === 0
    state = await step(
      state,
      ofBuyer ? answerAsBuyer(state, buyerPolicy) : answerAsProvider(state, providerPolicy),
    )
  }
  return state
}

describe('hard fields', () => {
  it('that all match and soft fields in range are accepted in two messages', async () => {
    expect(await negotiate({ limits: wide }, policyOf())).toMatchObject({
      phase: 'accepted',
      messages: 2,
      soft,
    })
  })

  it('reject at once, with one reason per field (NG-2)', async () => {
    const cases: [Partial<HardTerms>, string][] = [
      [{ descriptor: altered(hard.descriptor) as HardTerms['descriptor'] }, 'descriptor'],
      [{ resource: 'other.csv' }, 'resource'],
      [{ quantity: 1_001n }, 'quantity'],
      [{ latencyCeilingMs: 79 }, 'latencyCeilingMs'],
      [{ throughputFloorOps: 101 }, 'throughputFloorOps'],
      [{ credentialType: 'x402' }, 'credentialType'],
    ]
    for (const [change, reason] of cases)
      expect(answerAsProvider(await offered(soft, { ...hard, ...change }), policyOf())).toEqual({
        kind: 'reject',
        body: { reasons: [reason] },
      })
    const all = Object.assign({}, ...cases.map(([change]) => change))
    expect(answerAsProvider(await offered(soft, { ...hard, ...all }), policyOf())).toEqual({
      kind: 'reject',
      body: { reasons: cases.map(([, reason]) => reason) },
    })
  })

  it('example 1: a provider with 83.3 ms per token does not meet 80 ms', async () => {
    const slow = { ...descriptor, serviceLevel: { ...descriptor.serviceLevel, latencyCeilingMs: 84 } }
    const state = await offered(soft, { ...hard, descriptor: descriptorDigest(slow) })
    expect(answerAsProvider(state, { ...policyOf(), descriptor: slow })).toEqual({
      kind: 'reject',
      body: { reasons: ['latencyCeilingMs'] },
    })
  })
})

describe('soft fields', () => {
  it('outside the range are countered with the nearest value; one alone within the limit is accepted', async () => {
    const ranges = { priceCapPerUnit: { min: 2_100n, max: 9_000n } }
    const state = await negotiate({ limits: wide }, policyOf(ranges))
    expect(state).toMatchObject({
      phase: 'accepted',
      messages: 3,
      soft: { ...soft, priceCapPerUnit: 2_100n },
    })
  })

  it('beyond the buyer’s limit end it, naming the field', async () => {
    const limits = { ...wide, priceCapPerUnit: { min: 0n, max: 2_099n } }
    const state = await negotiate({ limits }, policyOf({ priceCapPerUnit: { min: 2_100n, max: 9_000n } }))
    expect(state).toMatchObject({ phase: 'rejected', reasons: ['priceCapPerUnit'] })
  })

  it('two countered: accepted within the combined tolerance, halved and then rejected beyond it (NG-4)', async () => {
    // +10 % and +10 % = 200,000 ppm; +10 % and +11 % = 210,000 ppm.
    const countering = (collateral: bigint) =>
      policyOf({
        priceCapPerUnit: { min: 2_200n, max: 9_000n },
        collateral: { min: collateral, max: ANY.max },
      })
    expect(await negotiate({ limits: wide }, countering(1_100_000n))).toMatchObject({
      phase: 'accepted',
      messages: 3,
    })
    expect(await negotiate({ limits: wide }, countering(1_110_000n))).toMatchObject({
      phase: 'rejected',
      messages: 5,
      reasons: ['combinedDeviation', 'messagesExhausted'],
    })
    expect(
      await negotiate({ limits: wide, deviationTolerancePpm: 210_000n }, countering(1_110_000n)),
    ).toMatchObject({ phase: 'accepted', messages: 3 })
  })

  it('deviation is the sum of relative distances, rounded up, symmetric in direction', () => {
    expect(relativeDeviationPpm(3n, 4n)).toBe(333_334n)
    expect(relativeDeviationPpm(4n, 3n)).toBe(250_000n)
    expect(relativeDeviationPpm(0n, 2n)).toBe(2_000_000n)
    expect(
      combinedDeviationPpm(soft, {
        priceCapPerUnit: 2_200n,
        collateral: 900_000n,
        challengePeriod: 100n,
        creditWindow: 20n,
      }),
    ).toBe(450_000n)
  })

  it('whatever the policies, it ends within 5 messages, 3 without a counter, and never beyond either side’s ranges', async () => {
    const range = fc
      .tuple(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: 50n }))
      .map(([a, b]) => (a < b ? { min: a, max: b } : { min: b, max: a }))
    const ranges = fc.record({
      priceCapPerUnit: range,
      collateral: range,
      challengePeriod: range,
      creditWindow: range,
    })
    const value = fc.bigInt({ min: 0n, max: 50n })
    const wish = fc.record({
      priceCapPerUnit: value,
      collateral: value,
      challengePeriod: value,
      creditWindow: value,
    })
    await fc.assert(
      fc.asyncProperty(
        ranges,
        ranges,
        wish,
        fc.bigInt({ min: 0n, max: 4_000_000n }),
        async (limits, own, wanted, deviationTolerancePpm) => {
          const state = await negotiate({ limits, deviationTolerancePpm }, policyOf(own), wanted)
          expect(state.messages).toBeLessThanOrEqual(state.countered ? 5 : 3)
          if (state.phase !== 'accepted') return
          for (const [field, agreed] of Object.entries(state.soft) as [keyof SoftTerms, bigint][]) {
            if (state.countered) expect(agreed >= limits[field].min && agreed <= limits[field].max).toBe(true)
            if (state.messages % 2 === 0)
              expect(agreed >= own[field].min && agreed <= own[field].max).toBe(true)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the state machine', () => {
  it('lets the fifth message only accept or reject (NG-3)', async () => {
    let state = await offered()
    for (const collateral of [4n, 3n, 2n]) state = await step(state, counter({ collateral }))
    expect(state.messages).toBe(4)
    expect(await codeOfAsync(() => step(state, counter({ collateral: 1n })))).toBe(
      'NEGOTIATION_MESSAGES_EXCEEDED',
    )
    expect(await step(state, { kind: 'accept', body: { soft: state.soft } })).toMatchObject({
      phase: 'accepted',
      messages: 5,
    })
  })

  it('refuses an acceptance of other terms than those on the table', async () => {
    const state = await step(await offered(), counter({ priceCapPerUnit: 2_100n }))
    expect(await codeOfAsync(() => step(state, { kind: 'accept', body: { soft } }))).toBe(
      'NEGOTIATION_TERMS_CHANGED',
    )
  })

  it('refuses messages out of turn, from others, replayed, reordered, late, or after the end', async () => {
    const state = await offered()
    const content = counter({})
    const refused = async (change: Partial<NegotiationMessage>, key = providerKey, at = NOW) => {
      const signed = await send(state, content, change, key)
      return codeOf(() => advance(state, signed, { frame, now: at }))
    }
    expect(await refused({})).toBeUndefined()
    expect(await refused({ from: buyer, to: provider }, buyerKey)).toBe('NEGOTIATION_OUT_OF_TURN')
    expect(await refused({ from: stranger }, strangerKey)).toBe('NEGOTIATION_PARTY')
    expect(await refused({ to: stranger })).toBe('NEGOTIATION_PARTY')
    expect(await refused({ number: 3 })).toBe('NEGOTIATION_LINK_BROKEN')
    expect(await refused({ previous: altered(state.last) as typeof state.last })).toBe(
      'NEGOTIATION_LINK_BROKEN',
    )
    expect(await refused({}, providerKey, NOW + 40n)).toBeUndefined()
    expect(await refused({}, providerKey, NOW + 41n)).toBe('NEGOTIATION_EXPIRED')
    expect(await refused({}, strangerKey)).toBe('RECORD_KEY_UNKNOWN')
    expect(await refused({ frame: otherFrame })).toBe('RECORD_FRAME_MISMATCH')

    const first = await send(state, content)
    const afterFirst = advance(state, first, context)
    expect(codeOf(() => advance(afterFirst, first, context))).toBe('NEGOTIATION_OUT_OF_TURN')
    const afterSecond = await step(afterFirst, content)
    expect(codeOf(() => advance(afterSecond, first, context))).toBe('NEGOTIATION_LINK_BROKEN')
    const closed = await step(afterSecond, { kind: 'reject', body: { reasons: ['collateral'] } })
    expect(await codeOfAsync(() => step(closed, content))).toBe('NEGOTIATION_CLOSED')
  })

  it('begins with an offer, and only begins with one', async () => {
    expect(
      await codeOfAsync(async () => advance(undefined, await send(undefined, counter({})), context)),
    ).toBe('NEGOTIATION_CONTENT')
    const offer: NegotiationContent = { kind: 'offer', body: { hard, soft } }
    expect(
      await codeOfAsync(async () => advance(undefined, await send(undefined, offer, { number: 2 }), context)),
    ).toBe('NEGOTIATION_CONTENT')
    expect(
      await codeOfAsync(async () => advance(undefined, await send(undefined, offer, { to: buyer }), context)),
    ).toBe('NEGOTIATION_PARTY')
    expect(
      await codeOfAsync(async () =>
        advance(undefined, await send(undefined, offer, { validUntil: NOW - 31n }), context),
      ),
    ).toBe('NEGOTIATION_EXPIRED')
    expect(await codeOfAsync(async () => step(await offered(), offer))).toBe('NEGOTIATION_CONTENT')
  })

  it('gives both sides the same state, and leaves the old one alone', async () => {
    const state = await offered()
    const copy = structuredClone(state)
    const signed = await send(state, counter({ collateral: 9n }))
    const received = decodeSigned(negotiationForm, encodeSigned(negotiationForm, signed))
    expect(advance(state, received, context)).toEqual(advance(state, signed, context))
    expect(state).toEqual(copy)
  })
})
