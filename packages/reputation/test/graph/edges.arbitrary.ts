import fc from 'fast-check'
import { EDGE_KINDS, type Edge } from '../../src/index.ts'

/** Few identifiers, so that edges are parallel, mutual and loops; some that sort differently as UTF-16. */
export const IDS = ['a', 'ab', 'b', 'z', 'ä', '\u{1f600}', '\uffee', 'did:x:1', 'did:x:10', 'did:x:2']

export const edgeWith = (weight: fc.Arbitrary<number>): fc.Arbitrary<Edge> =>
  fc.record(
    {
      from: fc.constantFrom(...IDS),
      to: fc.constantFrom(...IDS),
      weight,
      sign: fc.constantFrom(1 as const, 1 as const, -1 as const),
      time: fc.integer({ min: 0, max: 1_000 }),
      value: fc.integer({ min: 0, max: 100 }),
      kind: fc.constantFrom(...EDGE_KINDS),
      accepted: fc.boolean(),
    },
    { requiredKeys: ['from', 'to', 'weight'] },
  )

export const wholeEdges = fc.array(edgeWith(fc.integer({ min: 0, max: 9 })), { maxLength: 60 })

/** Weights whose sums round, and round differently in every order. */
export const roundingEdges = fc.array(
  edgeWith(fc.constantFrom(0.1, 0.2, 0.3, 1 / 3, 1e16, 1, 1e-16, 7, 1e8 + 0.1)),
  { maxLength: 60 },
)
