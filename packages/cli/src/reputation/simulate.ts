/** `symbolon reputation simulate` and `scorecard`: attacks against the scorer, what they cost and what they bring. */
import {
  ATTACK_KINDS,
  type AttackKind,
  BAND_POLICY,
  EXPOSURE_POLICY,
  type GateRow,
  type SimulationRow,
  scorecard,
  simulate,
} from '@symbolon/simulator'
import type { Bind, CliCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { renderTable } from '../output/table.ts'
import { finite, parseNumber, parseWhole, percent, shown } from './numbers.ts'
import { oneOf } from './one-of.ts'
import { SCORERS, scorerNamed } from './scorer.ts'

interface SimulateOptions {
  readonly attack?: readonly string[]
  readonly scorer: string
  readonly seed: string
  readonly worlds?: string
  readonly honest?: string
  readonly attackers?: string
  readonly bridges?: string
  readonly budget?: string
  readonly policy: string
  readonly smoke?: boolean
}

const POLICIES = {
  exposure: [EXPOSURE_POLICY],
  bands: [BAND_POLICY],
  both: [EXPOSURE_POLICY, BAND_POLICY],
} as const
const KINDS = [...ATTACK_KINDS, 'adaptive'] as const

export function declareSimulate(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('simulate')
    .summary('attack the scorer, and count what it costs')
    .description(
      'Runs attacks in simulated economies against the scorer: who is detected, who is wrongly suspected, what a point of score costs and what it brings. Return = (benefit − cost) ÷ cost; benefit counts credit that is not repaid, discounts, gated markets and fees of anchors.',
    )
    .option('--attack <kinds...>', `some of ${KINDS.join(', ')} (default: all)`)
    .option('--scorer <name>', `one of ${SCORERS.join(', ')}`, 'model')
    .option('--policy <name>', `what a score opens: ${Object.keys(POLICIES).join(', ')}`, 'exposure')
    .option('--worlds <count>', 'economies, each with another seed and topology (default: 3)')
    .option('--honest <count>', 'honest agents of each (default: 300)')
    .option('--attackers <count>', 'agents of the attacker (default: by attack)')
    .option('--bridges <count>', 'edges that he buys from honest agents (default: by attack)')
    .option('--budget <usdc>', 'of the adaptive attacker (default: 1000)')
    .option('--seed <number>', 'of everything', '1')
    .option('--smoke', 'one small world; the figures mean nothing')
    .withExamples(
      'symbolon reputation simulate',
      'symbolon reputation simulate --attack adaptive --budget 5000 --policy both',
    )
    .action(bind<SimulateOptions>((context, _, options) => run(context, options)))
}

function run({ output }: Context, options: SimulateOptions): void {
  const whole = (text: string | undefined, what: string, low = 1): number | undefined =>
    text === undefined ? undefined : parseWhole(text, what, low, 1_000_000)
  const worlds = whole(options.worlds, '--worlds')
  const honest = whole(options.honest, '--honest')
  const attackers = whole(options.attackers, '--attackers')
  const bridges = whole(options.bridges, '--bridges', 0)
  const budget = options.budget === undefined ? undefined : parseNumber(options.budget, '--budget', 1, 1e9)
  const policy = oneOf(options.policy, Object.keys(POLICIES) as (keyof typeof POLICIES)[], '--policy')
  const attacks = options.attack?.map((kind) => oneOf<AttackKind | 'adaptive'>(kind, KINDS, '--attack'))
  output.note('attacking …')
  const rows = simulate({
    scorer: scorerNamed(options.scorer),
    seed: parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1),
    policies: POLICIES[policy],
    smoke: options.smoke === true,
    ...(attacks === undefined ? {} : { attacks }),
    ...(worlds === undefined ? {} : { worlds }),
    ...(honest === undefined ? {} : { honest }),
    ...(attackers === undefined ? {} : { attackers }),
    ...(bridges === undefined ? {} : { bridges }),
    ...(budget === undefined ? {} : { budget }),
  })
  output.result(
    JSON.parse(JSON.stringify({ rows }, (_, value) => (typeof value === 'number' ? finite(value) : value))),
    () => simulationTable(rows),
  )
}

const SIMULATION_COLUMNS = [
  { name: 'attack' },
  { name: 'policy' },
  ...[
    'detected',
    'false +',
    'admitted',
    'score',
    'cost',
    'benefit',
    'cost/point',
    'gain/point',
    'return',
    'worst',
  ].map((name) => ({ name, align: 'right' as const })),
  { name: '≤ −10 %' },
]

export function simulationTable(rows: readonly SimulationRow[]): string {
  const table = renderTable(
    SIMULATION_COLUMNS,
    rows.map((row) => [
      row.attack,
      row.policy,
      percent(row.detected),
      percent(row.falsePositives),
      percent(row.admitted),
      shown(row.rmt, 0),
      shown(row.cost, 0),
      shown(row.benefit, 0),
      shown(row.costPerPoint, 3),
      shown(row.gainPerPoint, 3),
      percent(row.roi),
      percent(row.roiWorst),
      row.holds ? 'yes' : 'NO',
    ]),
  )
  return `${table}\nMeans over the economies; worst is the attacker's best return in any. Money in USDC; score is rmt, 0 … 1000.`
}

interface ScorecardOptions {
  readonly scorer: string
  readonly seed: string
  readonly smoke?: boolean
}

export function declareScorecard(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('scorecard')
    .summary('the eighteen gates, measured')
    .description(
      'Measures what can be measured of the eighteen gates of release, says of the rest why it is pending, and computes the sums. Pending counts as not passed.',
    )
    .option('--scorer <name>', `one of ${SCORERS.join(', ')}`, 'model')
    .option('--seed <number>', 'of everything', '1')
    .option('--smoke', 'small worlds; the figures mean nothing')
    .action(
      bind<ScorecardOptions>(({ output }, _, { scorer, seed, smoke }) => {
        output.note('measuring …')
        const card = scorecard({
          scorer: scorerNamed(scorer),
          seed: parseWhole(seed, '--seed', 0, 2 ** 32 - 1),
          smoke: smoke === true,
        })
        output.result(
          JSON.parse(JSON.stringify(card, (_, value) => (typeof value === 'number' ? finite(value) : value))),
          () =>
            [
              scorecardTable(card.rows),
              '',
              `${card.sums.pass} pass, ${card.sums.fail} fail, ${card.sums.pending} pending of ${card.sums.total}: ${card.releasable ? 'releasable' : 'not releasable'}`,
            ].join('\n'),
        )
      }),
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
