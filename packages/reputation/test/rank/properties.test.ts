import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  absorbing,
  buildGraph,
  eigenTrust,
  fiedler,
  hits,
  pageRank,
  personalisedPageRank,
  RAW_SCORES,
  rankAll,
  seeded,
  sybilRank,
  type TrustGraph,
} from '../../src/index.ts'
import { type Arc, anchorsAt, edgeOf, graphOf, sumOf } from './graphs.ts'

const NODES = 12

const arcs = fc.uniqueArray(
  fc
    .tuple(fc.nat(NODES - 1), fc.nat(NODES - 1), fc.integer({ min: 1, max: 9 }))
    .filter(([from, to]) => from !== to),
  { minLength: 4, maxLength: 60, selector: ([from, to]) => from * NODES + to },
)

/** Every scenario names all nodes, so anchors are always known. */
const withNodes = (list: readonly Arc[]): TrustGraph => graphOf(list, NODES)

describe('for any graph', () => {
  it('permuting the input changes no bit of any score (TRU-012)', () => {
    fc.assert(
      fc.property(arcs, fc.nat(), (list, seed) => {
        const anchors = anchorsAt(0, 5)
        const straight = rankAll(withNodes(list), { anchors })
        const shuffled = rankAll(withNodes(seeded(seed).shuffle([...list])), { anchors })
        for (const name of RAW_SCORES)
          expect(new Uint8Array(shuffled.scores[name].buffer)).toEqual(
            new Uint8Array(straight.scores[name].buffer),
          )
      }),
      { numRuns: 60 },
    )
  })

  it('scores that are distributions sum to 1 and are not negative', () => {
    fc.assert(
      fc.property(arcs, (list) => {
        const graph = withNodes(list)
        const anchors = anchorsAt(1, 2, 3)
        const { authority, hub } = hits(graph)
        for (const scores of [
          pageRank(graph).scores,
          eigenTrust(graph, anchors).scores,
          eigenTrust(graph, anchors, { similarity: 0.5 }).scores,
          personalisedPageRank(graph, anchors).scores,
          authority,
          hub,
        ]) {
          expect(sumOf(scores)).toBeCloseTo(1, 9)
          expect(Math.min(...scores)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('what no anchor reaches scores exactly 0, and everything it reaches more', () => {
    fc.assert(
      fc.property(arcs, (list) => {
        const graph = withNodes(list)
        const reached = new Set([0])
        for (let before = 0; before < reached.size; ) {
          before = reached.size
          for (const [from, to] of list) if (reached.has(from)) reached.add(to)
        }
        const anchors = anchorsAt(0)
        for (const { scores } of [personalisedPageRank(graph, anchors), eigenTrust(graph, anchors)])
          for (let i = 0; i < NODES; i++)
            if (reached.has(i)) expect(scores[i]).toBeGreaterThan(0)
            else expect(scores[i]).toBe(0)
      }),
    )
  })

  it('an edge from a stranger lowers no anchored score: slander by endorsement does not work', () => {
    fc.assert(
      fc.property(arcs, fc.nat(NODES - 1), (list, target) => {
        const graph = withNodes(list)
        const slandered = graphOf([...list, [NODES, target, 50]], NODES)
        const anchors = anchorsAt(0, 4)
        for (const score of [personalisedPageRank, eigenTrust] as const) {
          const before = score(graph, anchors).scores
          const after = score(slandered, anchors).scores
          for (let i = 0; i < NODES; i++) expect(after[i]).toBeCloseTo(before[i] as number, 11)
        }
        const walk = absorbing(graph, anchors).scores
        expect(absorbing(slandered, anchors).scores.slice(0, NODES)).toEqual(walk)
      }),
    )
  })

  it('an added in-edge from a supported agent never lowers its target', () => {
    fc.assert(
      fc.property(arcs, fc.nat(NODES - 1), fc.nat(NODES - 1), (list, from, to) => {
        fc.pre(from !== to)
        const anchors = anchorsAt(0)
        const before = personalisedPageRank(withNodes(list), anchors).scores
        const after = personalisedPageRank(withNodes([...list, [from, to, 3]]), anchors).scores
        expect(after[to]).toBeGreaterThanOrEqual((before[to] as number) - 1e-11)
      }),
    )
  })

  it('a ring of k gains at most d/(1 − d) of what enters it, and k/n of PageRank for nothing (TRU-014)', () => {
    fc.assert(
      fc.property(
        arcs,
        fc.integer({ min: 2, max: 20 }),
        fc.nat(NODES - 1),
        fc.constantFrom(0.614, 0.85),
        (list, k, door, damping) => {
          const ring = Array.from({ length: k }, (_, i): Arc => [NODES + i, NODES + ((i + 1) % k)])
          const graph = graphOf([...list, ...ring, [door, NODES]], NODES)
          const out = list.filter(([from]) => from === door).reduce((sum, [, , w = 1]) => sum + w, 1)
          const gain = damping / (1 - damping) / out
          const { scores } = pageRank(graph, { damping, tolerance: 1e-14 })
          const dangling = [...Array(NODES).keys()]
            .filter((i) => i !== door && !list.some(([from]) => from === i))
            .reduce((sum, i) => sum + (scores[i] as number), 0)
          const size = NODES + k
          const free = (k / size) * (1 + (damping / (1 - damping)) * dangling)
          expect(sumOf(scores.slice(NODES))).toBeCloseTo(free + gain * (scores[door] as number), 8)
          const anchored = personalisedPageRank(graph, anchorsAt(0), { damping, tolerance: 1e-14 }).scores
          expect(sumOf(anchored.slice(NODES))).toBeCloseTo(gain * (anchored[door] as number), 8)
        },
      ),
    )
  })

  it('absorption lies in [0, 1], is 1 on anchors and 0 without a consented path', () => {
    fc.assert(
      fc.property(arcs, (list) => {
        const graph = withNodes(list)
        const { scores } = absorbing(graph, anchorsAt(3))
        const has = new Set(list.map(([from, to]) => from * NODES + to))
        const tied = new Set([3])
        for (let before = 0; before < tied.size; ) {
          before = tied.size
          for (const [from, to] of list)
            if (has.has(to * NODES + from) && (tied.has(from) || tied.has(to))) tied.add(from).add(to)
        }
        for (let i = 0; i < NODES; i++) {
          if (i === 3) expect(scores[i]).toBe(1)
          else if (tied.has(i)) expect(scores[i]).toBeGreaterThan(0)
          else expect(scores[i]).toBe(0)
          expect(scores[i]).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('scaling all weights changes no score: only proportions count', () => {
    fc.assert(
      fc.property(arcs, fc.constantFrom(0.25, 2, 1024), (list, factor) => {
        const anchors = anchorsAt(0, 5)
        const plain = rankAll(withNodes(list), { anchors, hitsWeights: 'raw' })
        const scaled = rankAll(withNodes(list.map(([i, j, w = 1]): Arc => [i, j, w * factor])), {
          anchors,
          hitsWeights: 'raw',
        })
        for (const name of [
          'pageRank',
          'eigenTrust',
          'personalisedPageRank',
          'absorbing',
          'spectral',
        ] as const)
          for (let i = 0; i < NODES; i++)
            expect(scaled.scores[name][i]).toBeCloseTo(plain.scores[name][i] as number, 8)
        for (let i = 0; i < NODES; i++)
          expect((scaled.scores.sybilRank[i] as number) * factor).toBeCloseTo(
            plain.scores.sybilRank[i] as number,
            10,
          )
      }),
      { numRuns: 40 },
    )
  })

  it("the cut that f sweeps out obeys Cheeger's inequality, and f solves L f = λ2 D f", () => {
    fc.assert(
      fc.property(arcs, (list) => {
        const both = list.flatMap(([i, j, w = 1]): Arc[] => [
          [i, j, w],
          [j, i, w],
        ])
        const graph = buildGraph(both.map(edgeOf))
        const { vector, components } = fiedler(graph)
        for (const { nodes, lambda2, conductance, published } of components) {
          if (!published) continue
          expect(lambda2 / 2).toBeLessThanOrEqual(conductance + 1e-9)
          expect(conductance).toBeLessThanOrEqual(Math.sqrt(2 * lambda2) + 1e-9)
          const { offsets, columns, weights } = graph.consented
          for (const i of nodes) {
            let degree = 0
            let flow = 0
            for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++) {
              degree += weights[k] as number
              flow += (weights[k] as number) * (vector[columns[k] as number] as number)
            }
            expect(degree * (vector[i] as number) - flow).toBeCloseTo(
              lambda2 * degree * (vector[i] as number),
              5,
            )
          }
        }
      }),
    )
  })

  it('SybilRank keeps the trust of seeds that have ties', () => {
    fc.assert(
      fc.property(arcs, (list) => {
        const both = list.flatMap(([i, j, w = 1]): Arc[] => [
          [i, j, w],
          [j, i, w],
        ])
        const [from] = list[0] as Arc
        for (const parity of ['none', 'lazy', 'average'] as const)
          expect(sumOf(sybilRank(withNodes(both), anchorsAt(from), { parity }).trust)).toBeCloseTo(1, 12)
      }),
    )
  })
})
