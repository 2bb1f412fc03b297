/** `symbolon reputation scorecard`: the eighteen gates of release, measured. */
import { type GateRow, scorecard } from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { finite, parseWhole, shown } from './numbers.ts'
import { scorerNamed } from './scorer.ts'

export interface ScorecardOptions {
  readonly scorer: string
  readonly seed: string
  readonly smoke?: boolean
}

export function measureGates({ output }: Context, { scorer, seed, smoke }: ScorecardOptions): void {
  output.note('measuring …')
  const card = scorecard({
    scorer: scorerNamed(scorer),
    seed: parseWhole(seed, '--seed', 0, 2 ** 32 - 1),
    smoke: smoke === true,
  })
  const { sums, releasable } = card
  output.result(
    JSON.parse(JSON.stringify(card, (_, value) => (typeof value === 'number' ? finite(value) : value))),
    () =>
      `${scorecardTable(card.rows)}\n\n${sums.pass} pass, ${sums.fail} fail, ${sums.pending} pending of ${sums.total}: ${releasable ? 'releasable' : 'not releasable'}`,
  )
}

function scorecardTable(rows: readonly GateRow[]): string {
  return rows
    .flatMap(({ gate, title, threshold, measured, verdict, note }) => [
      `${gate}  ${verdict.toUpperCase().padEnd(7)}  ${title}: ${shown(measured)} (${threshold})`,
      `             ${note}`,
    ])
    .join('\n')
}
