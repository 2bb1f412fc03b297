import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graphOf } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { peerMissing, rankByPeer, rankInProcess } from '../src/trust/processes.ts'
import { syntheticEdges } from '../src/trust/synthetic-graph.ts'

describe('the synthetic trust graph', () => {
  it('has the edges asked for, a tenth as many nodes, mutual ties and heavy tails', () => {
    const { table, anchors } = syntheticEdges(20_000)
    const { nodes, support, consented } = graphOf(table)
    expect([table.size, nodes.size, anchors.length]).toEqual([20_000, 2_000, 15])
    expect(consented.columns.length).toBeGreaterThan(support.columns.length / 3)
    const degrees = Array.from(
      { length: nodes.size },
      (_, i) => (support.offsets[i + 1] as number) - (support.offsets[i] as number),
    ).sort((a, b) => b - a)
    // The first percent of nodes has more than five times its share.
    const top = degrees.slice(0, 20).reduce((sum, degree) => sum + degree, 0)
    expect(top).toBeGreaterThan((5 * support.columns.length) / 100)
  })

  it('is the same for the same seed, another for another', () => {
    const edges = (seed: number): string => JSON.stringify([...syntheticEdges(500, seed).table])
    expect(edges(1)).toBe(edges(1))
    expect(edges(1)).not.toBe(edges(2))
  })
})

const missing = await peerMissing()

describe('both sides of the trust benchmarks', () => {
  it('rank in processes of their own, and say what it took', async () => {
    const run = await rankInProcess(2_000)
    expect(run.nodes).toBe(200)
    expect(Object.keys(run.seconds)).toEqual(['all'])
    expect(run.rssMb).toBeGreaterThan(10)
  })

  it.skipIf(missing !== undefined)(
    `agree with the peer${missing === undefined ? '' : `: skipped, ${missing}`}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'symbolon-trust-'))
      try {
        const own = await rankInProcess(30_000, folder)
        expect(readFileSync(join(folder, 'sources.u32'))).toHaveLength(4 * own.edges)
        const peer = await rankByPeer(folder)
        for (const [algorithm, sum] of Object.entries(peer.sums))
          expect(Math.abs((own.sums[algorithm] as number) / sum - 1), algorithm).toBeLessThan(1e-6)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
