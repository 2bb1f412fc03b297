import { auc, scoreGraph } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { F30_VARIANTS, f30 } from '../../src/fixtures/f30.ts'

/** The six smallest attacks (TRU-032). No graph of this shape was trained on. */
describe('the default model on F30', () => {
  it.each(F30_VARIANTS)('%s: accuses no honest agent and puts attackers below them', (variant) => {
    const { graph, anchors, attackers, honest } = f30(variant)
    const { probability, flagged } = scoreGraph(graph, { anchors })
    expect(honest.filter((node) => flagged[node] === 1)).toEqual([])
    if (variant === 'clean') return
    const rows = [...honest, ...attackers]
    const area = auc(
      rows.map((row) => probability[row] as number),
      rows.map((_, place) => (place < honest.length ? 0 : 1)),
    )
    // The hub of the open star is endorsed by eight and endorses an honest agent: it looks like a good newcomer.
    expect(area).toBeGreaterThan(variant === 'T4' ? 0.85 : 0.99)
  })
})
