import type { Bind, CliCommand } from '../../command.ts'
import { ADAPTIVE_NAMES, ATTACK_NAMES, POLICY_NAMES, SCORER_NAMES } from '../../reputation/names.ts'
import type { SimulateOptions } from '../../reputation/simulate.ts'

export function declareSimulate(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('simulate')
    .summary('attack the scorer, and count what it costs')
    .description(
      'Runs attacks in simulated economies against the scorer: who is detected, who is wrongly suspected, what a point of score costs and what it brings. Return = (benefit − cost) ÷ cost; benefit counts credit that is not repaid, discounts, gated markets and fees of anchors.',
    )
    .option(
      '--attack <kinds...>',
      `some of ${[...ATTACK_NAMES, ...ADAPTIVE_NAMES].join(', ')} (default: all)`,
    )
    .option('--scorer <name>', `one of ${SCORER_NAMES.join(', ')}`, 'model')
    .option('--model <file>', 'with the scorer `model`: another than the one that ships')
    .option('--policy <name>', `what a score opens: ${POLICY_NAMES.join(', ')}`, 'exposure')
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
    .action(
      bind<SimulateOptions>(async (context, _, options) => {
        const { simulateAttacks } = await import('../../reputation/simulate.ts')
        await simulateAttacks(context, options)
      }),
    )
}
