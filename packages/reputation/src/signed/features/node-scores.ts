/** Scores that the whole graph gives to a node, and the predictions that follow from them alone. */
import type { GraphScores } from '../graph-scores.ts'
import type { FeatureGroup } from './feature-group.ts'

export function nodeScoreFeatures(scores: GraphScores): FeatureGroup {
  const { trust, distrust } = scores
  const { fairness, goodness } = scores.fairnessGoodness
  const { bias, deserve } = scores.biasDeserve
  const { mean, leniency, standing } = scores.additive
  const { hub, authority } = scores.hits
  const ofSource = { fairness, goodness, bias, leniency, standing, hub, trust, distrust }
  const ofTarget = { fairness, goodness, deserve, leniency, standing, authority, trust, distrust }
  const tables = [
    ...Object.entries(ofSource).map(([name, table]) => ({ name: `source ${name}`, table, source: true })),
    ...Object.entries(ofTarget).map(([name, table]) => ({ name: `target ${name}`, table, source: false })),
  ]
  return {
    names: [...tables.map(({ name }) => name), 'fairness × goodness', 'additive'],
    write: (source, target, row, at) => {
      let place = at
      for (const { table, source: first } of tables) row[place++] = table[first ? source : target] as number
      row[place++] = (fairness[source] as number) * (goodness[target] as number)
      row[place] = mean + (leniency[source] as number) + (standing[target] as number)
    },
  }
}
