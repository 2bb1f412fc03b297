/** TRU-033, cell by cell: how well each raw score tells honest agents from attackers on F30. The figures come from an independent implementation. */
import {
  absorbing,
  anyDirection,
  eigenTrust,
  fiedler,
  hits,
  pageRank,
  personalisedPageRank,
  sybilRank,
} from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { type F30, type F30Variant, f30 } from '../../src/fixtures/f30.ts'
import { separation } from './separation.ts'

type Column = (fixture: F30) => ArrayLike<number>

/** SybilRank as published (no averaging of parities) gives the table's figures; f "any" is the vector before any gate. */
const COLUMNS: Readonly<Record<string, Column>> = {
  'PR .85': ({ graph }) => pageRank(graph, { damping: 0.85 }).scores,
  'PR .614': ({ graph }) => pageRank(graph, { damping: 0.614 }).scores,
  'ET anchors': ({ graph, anchors }) => eigenTrust(graph, anchors).scores,
  'PPR .614': ({ graph, anchors }) => personalisedPageRank(graph, anchors, { damping: 0.614 }).scores,
  auth: ({ graph }) => hits(graph).authority,
  hub: ({ graph }) => hits(graph).hub,
  'SR M': ({ graph, anchors }) => sybilRank(graph, anchors, { parity: 'none' }).scores,
  'SR any': ({ graph, anchors }) =>
    sybilRank(graph, anchors, { parity: 'none', layer: anyDirection(graph.support) }).scores,
  'SP M': ({ graph, anchors }) => fiedler(graph, anchors).scores,
  'SP any': ({ graph, anchors }) => fiedler(graph, anchors, { layer: anyDirection(graph.support) }).vector,
  'AW back': ({ graph, anchors }) => absorbing(graph, anchors, { walk: 'backward' }).scores,
  'AW fwd': ({ graph, anchors }) => absorbing(graph, anchors, { walk: 'forward' }).scores,
  'AW M': ({ graph, anchors }) => absorbing(graph, anchors).scores,
}

const DEGENERATE = null

/** Rows as printed; DEGENERATE where the table prints "degenerate". */
const TABLE: readonly (readonly [F30Variant, readonly (number | null)[]])[] = [
  ['T1', [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['T1b', [1, 1, 1, 1, 1, 1, 1, 0.067, 1, 0, 1, 0, 1]],
  ['T1c', [0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, DEGENERATE, 1, 1, 1]],
  ['T2', [0.957, 0.935, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]],
  ['T3', [0, 0.389, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]],
  ['T4', [0.942, 0.893, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.556, 1]],
  ['T4b', [0.889, 0.889, 1, 1, 1, 1, 1, 1, 1, DEGENERATE, 1, 1, 1]],
  ['T5', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.884, 1]],
  // The table prints 0.504 under "SP any": λ2 is repeated there (0.247934 twice), so its vector was the eigensolver's choice.
  ['T6', [1, 1, 1, 1, 1, 1, 0.785, 0.8, 0.5, DEGENERATE, 0.93, 0.93, 0.881]],
  ['T6b', [0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, DEGENERATE, 1, 1, 1]],
]

const names = Object.keys(COLUMNS)

describe.each(TABLE)('F30 %s', (variant, expected) => {
  const fixture = f30(variant)
  it.each(names.map((name, i) => [name, expected[i]] as const))('%s: %s', (name, figure) => {
    const values = (COLUMNS[name] as Column)(fixture)
    if (figure === DEGENERATE || figure === undefined) return expectDegenerate(fixture)
    expect(separation(values, fixture.honest, fixture.attackers)).toBeCloseTo(figure, 3)
  })
})

/** No unique vector: the attackers are apart (λ2 = 0 over the whole graph), or λ2 is repeated. */
function expectDegenerate({ graph, anchors }: F30): void {
  const { unsupported, components } = fiedler(graph, anchors, { layer: anyDirection(graph.support) })
  expect(unsupported.includes(1) || components.every(({ published }) => !published)).toBe(true)
}

it('binary weights undo wash trading: authority and hub rise from 0 to 1', () => {
  const { graph, honest, attackers } = f30('T3')
  const { authority, hub } = hits(graph, { weights: 'binary' })
  expect(separation(authority, honest, attackers)).toBe(1)
  expect(separation(hub, honest, attackers)).toBe(1)
})

it('T3: two nodes that trade weight 50 hold 94 % of all authority, the honest 0.2 % each', () => {
  const { graph, honest } = f30('T3')
  const { authority, convergence } = hits(graph)
  expect(convergence.converged).toBe(true)
  expect((authority[30] as number) + (authority[31] as number)).toBeCloseTo(0.94, 2)
  const mean = honest.reduce((sum, i) => sum + (authority[i] as number), 0) / honest.length
  expect(mean).toBeCloseTo(0.002, 3)
})
