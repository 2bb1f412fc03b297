import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attenuate, CredentialVerifier, type Macaroon, MemoryCounterStore } from '../../src/index.ts'
import { mint, NOW, preimage, rootKeys } from '../issuer.ts'

/**
 * A tree of delegates, each with its own caps, against an oracle that knows nothing of macaroons: it walks from the
 * delegate up to the root and keeps one number per cap.
 */
interface Delegate {
  readonly parent: number | undefined
  readonly uses: number | undefined
  readonly budget: number | undefined
  readonly ceiling: number | undefined
}

interface Call {
  readonly delegate: number
  readonly price: number
}

const cap = fc.option(fc.nat({ max: 12 }), { nil: undefined })
const tree: fc.Arbitrary<Delegate[]> = fc
  .array(fc.record({ parent: fc.nat(), uses: cap, budget: cap, ceiling: cap }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((nodes) =>
    nodes.map((node, index) => ({ ...node, parent: index === 0 ? undefined : node.parent % index })),
  )
const calls: fc.Arbitrary<Call[]> = fc.array(fc.record({ delegate: fc.nat(), price: fc.nat({ max: 6 }) }), {
  maxLength: 40,
  size: 'max',
})

function credentials(nodes: readonly Delegate[]): Macaroon[] {
  const made: Macaroon[] = []
  for (const [index, { parent, uses, budget, ceiling }] of nodes.entries()) {
    let macaroon = parent === undefined ? mint() : made[parent]!
    // A name of its own: siblings with equal caps are otherwise one credential.
    macaroon = attenuate(macaroon, `delegate = d${index}`)
    if (uses !== undefined) macaroon = attenuate(macaroon, `requests_remaining <= ${uses}`)
    if (budget !== undefined) macaroon = attenuate(macaroon, `max_amount_total <= ${budget}`)
    if (ceiling !== undefined) macaroon = attenuate(macaroon, `max_amount_per_request <= ${ceiling}`)
    made.push(macaroon)
  }
  return made
}

class Oracle {
  readonly #used = new Map<number, { uses: number; spent: number }>()
  readonly #nodes: readonly Delegate[]

  constructor(nodes: readonly Delegate[]) {
    this.#nodes = nodes
  }

  allows({ delegate, price }: Call): boolean {
    const path: number[] = []
    for (let at: number | undefined = delegate; at !== undefined; at = this.#nodes[at]!.parent) path.push(at)
    const allowed = path.every((at) => {
      const { uses = Infinity, budget = Infinity, ceiling = Infinity } = this.#nodes[at]!
      const used = this.#used.get(at) ?? { uses: 0, spent: 0 }
      return used.uses + 1 <= uses && used.spent + price <= budget && price <= ceiling
    })
    if (allowed)
      for (const at of path) {
        const used = this.#used.get(at) ?? { uses: 0, spent: 0 }
        this.#used.set(at, { uses: used.uses + 1, spent: used.spent + price })
      }
    return allowed
  }
}

describe('a delegation tree (CAV-9, CAV-12)', () => {
  test('every cap counts its own subtree and nothing else, for any tree and any calls', async () => {
    let accepted = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(tree, calls, async (nodes, sequence) => {
        const macaroons = credentials(nodes)
        const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
        const oracle = new Oracle(nodes)
        for (const call of sequence) {
          const delegate = call.delegate % nodes.length
          const verdict = await verifier.verify(macaroons[delegate]!, preimage, {
            now: NOW,
            price: BigInt(call.price),
          })
          expect(verdict.accepted).toBe(oracle.allows({ delegate, price: call.price }))
          if (verdict.accepted) accepted++
          else refused++
        }
      }),
      { numRuns: 150 },
    )
    expect(Math.min(accepted, refused)).toBeGreaterThan(100)
  })

  test("a burst of concurrent calls never exceeds any ancestor's cap", async () => {
    await fc.assert(
      fc.asyncProperty(tree, calls, async (nodes, sequence) => {
        const macaroons = credentials(nodes)
        const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
        const verdicts = await Promise.all(
          sequence.map(({ delegate, price }) =>
            verifier.verify(macaroons[delegate % nodes.length]!, preimage, {
              now: NOW,
              price: BigInt(price),
            }),
          ),
        )
        for (const [at, { uses = Infinity, budget = Infinity }] of nodes.entries()) {
          const within = sequence.filter((call, index) => {
            if (!verdicts[index]!.accepted) return false
            let node: number | undefined = call.delegate % nodes.length
            while (node !== undefined && node !== at) node = nodes[node]!.parent
            return node === at
          })
          expect(within.length).toBeLessThanOrEqual(uses)
          expect(within.reduce((sum, { price }) => sum + price, 0)).toBeLessThanOrEqual(budget)
        }
      }),
      { numRuns: 80 },
    )
  })
})

test('siblings narrowed with equal bytes are one credential and share their counter, as the page says', async () => {
  const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
  const parent = mint()
  const [one, other] = [
    attenuate(parent, 'requests_remaining <= 1'),
    attenuate(parent, 'requests_remaining <= 1'),
  ]
  const context = { now: NOW, price: 0n }
  expect((await verifier.verify(one, preimage, context)).accepted).toBe(true)
  expect(await verifier.verify(other, preimage, context)).toMatchObject({ code: 'CAVEAT_USES_EXHAUSTED' })
})

test('two credentials of one payment with different nonces have counters of their own', async () => {
  const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
  const context = { now: NOW, price: 0n }
  for (const fill of [1, 2, 3]) {
    const macaroon = mint(['requests_remaining <= 1'], { nonce: new Uint8Array(16).fill(fill) })
    expect((await verifier.verify(macaroon, preimage, context)).accepted).toBe(true)
    expect((await verifier.verify(macaroon, preimage, context)).accepted).toBe(false)
  }
})

test('clauses of one caveat have counters of their own', async () => {
  const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
  const macaroon = mint(['requests_remaining <= 3 AND max_amount_total <= 3'])
  const call = async (price: bigint) => {
    const verdict = await verifier.verify(macaroon, preimage, { now: NOW, price })
    return verdict.accepted ? 'accepted' : verdict.code
  }
  expect(await call(1n)).toBe('accepted')
  expect(await call(2n)).toBe('accepted')
  expect(await call(1n)).toBe('CAVEAT_BUDGET_EXHAUSTED')
  expect(await call(0n)).toBe('accepted')
  expect(await call(0n)).toBe('CAVEAT_USES_EXHAUSTED')
})
