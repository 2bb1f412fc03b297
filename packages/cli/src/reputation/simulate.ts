/** `symbolon reputation simulate` and `scorecard`: attacks against the scorer, what they cost and what they bring. */

import {
  BAND_POLICY,
  EXPOSURE_POLICY,
  SIMULATED_ATTACKS,
  type SimulatedAttack,
  type SimulationRow,
  simulate,
} from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { plainJson } from '../output/output.ts'
import { renderTable } from '../output/table.ts'
import { oneOf } from '../parse.ts'
import { parseNumber, parseWhole, percent, shown } from './numbers.ts'
import { scorerNamed } from './scorer.ts'

export interface SimulateOptions {
  readonly attack?: readonly string[]
  readonly scorer: string
  readonly model?: string
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

export function simulateAttacks({ output }: Context, options: SimulateOptions): void {
  const whole = (text: string | undefined, what: string, low = 1): number | undefined =>
    text === undefined ? undefined : parseWhole(text, what, low, 1_000_000)
  const worlds = whole(options.worlds, '--worlds')
  const honest = whole(options.honest, '--honest')
  const attackers = whole(options.attackers, '--attackers')
  const bridges = whole(options.bridges, '--bridges', 0)
  const budget = options.budget === undefined ? undefined : parseNumber(options.budget, '--budget', 1, 1e9)
  const policy = oneOf(options.policy, Object.keys(POLICIES) as (keyof typeof POLICIES)[], '--policy')
  const attacks = options.attack?.map((kind) => oneOf<SimulatedAttack>(kind, SIMULATED_ATTACKS, '--attack'))
  output.note('attacking …')
  const rows = simulate({
    scorer: scorerNamed(options.scorer, options.model),
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
  output.result(plainJson({ rows }), () => simulationTable(rows))
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
