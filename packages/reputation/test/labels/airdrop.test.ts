import { describe, expect, it } from 'vitest'
import { evaluateLabels } from '../../src/index.ts'
import { AIRDROP_PRESENT, airdrop } from './airdrop-data.ts'

const title = AIRDROP_PRESENT
  ? 'airdrop hunters'
  : 'airdrop hunters (skipped: ../shared/data/sybil is not beside the repository)'

describe.skipIf(!AIRDROP_PRESENT)(title, () => {
  it('label-aware scores rank above label propagation, label spreading and SybilRank for groups nobody has seen', () => {
    const { graph, labels, groups } = airdrop()
    expect(labels.filter((label) => label !== -1)).toHaveLength(25_002)
    expect(labels.filter((label) => label === 1)).toHaveLength(7_655)
    // One draw at one share: the full table is bench/labels.bench.ts.
    const { rows } = evaluateLabels(graph, labels, groups, {
      fractions: [0.05],
      draws: 1,
      protocols: ['group'],
    })
    for (const { method, behind } of rows)
      if (method !== 'labelAware') expect(behind.value).toBeGreaterThan(0.05)
  }, 600_000)
})
