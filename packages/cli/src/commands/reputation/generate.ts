import type { Bind, CliCommand } from '../../command.ts'
import type { GenerateOptions } from '../../reputation/generate.ts'
import { ATTACK_NAMES, TOPOLOGY_NAMES } from '../../reputation/names.ts'

export function declareGenerate(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('generate')
    .summary('write an economy with an attack in it')
    .description(
      'Writes edges.csv, anchors.csv and labels.csv of a simulated economy and of an attack on it, to try the other commands on. The same seed gives the same files.',
    )
    .requiredOption('--out <folder>', 'made if it is not there')
    .option('--attack <kind>', `one of ${ATTACK_NAMES.join(', ')}`, 'ring')
    .option('--topology <name>', `one of ${TOPOLOGY_NAMES.join(', ')}`, 'barabasi-albert')
    .option('--honest <count>', 'honest agents', '300')
    .option('--attackers <count>', 'agents of the attacker (default: 20)')
    .option('--bridges <count>', 'edges that honest agents give or return to them (default: by attack)')
    .option('--seed <number>', 'of everything', '1')
    .withExamples(
      'symbolon reputation generate --attack wash-trading --out try',
      'symbolon reputation score --edges try/edges.csv --anchors try/anchors.csv --out try/scores.csv',
    )
    .action(
      bind<GenerateOptions>(async (context, _, options) => {
        const { generate } = await import('../../reputation/generate.ts')
        await generate(context, options)
      }),
    )
}
