import type { Bind, CliCommand } from '../../command.ts'
import type { EvaluateOptions } from '../../reputation/evaluate.ts'
import { scoringOptions } from './scoring-options.ts'

export function declareEvaluate(reputation: CliCommand, bind: Bind): void {
  scoringOptions(reputation.command('evaluate'))
    .summary('judge scores on labels of your own')
    .description(
      'First, what the model and each algorithm say without seeing a label: AUC, precision and detection at a fixed false-positive rate, calibration, intervals. Then, with a share of the labels as seeds: label-aware scores beside label propagation, label spreading and SybilRank, on the same seeds and the same test nodes.',
    )
    .requiredOption('--labels <file>', 'id,label with sybil/honest, 1/0 or true/false')
    .option(
      '--groups <file>',
      'nodes that belong together and must not straddle seeds and test: id,group, or JSON',
    )
    .option(
      '--seeds <shares>',
      'shares of the labels that are seeds, separated by commas; 0 for none',
      '0.01,0.05,0.2',
    )
    .option('--draws <count>', 'independent draws of seeds', '3')
    .option('--fpr <share>', 'false-positive rate at which detection is measured', '0.01')
    .option('--seed <number>', 'of draws', '1')
    .option('--out <file>', 'every node with its label-aware probability, all labels being seeds')
    .withExamples(
      'symbolon reputation evaluate --edges edges.csv --anchors anchors.csv --labels labels.csv',
      'symbolon reputation evaluate --edges transfers.csv.gz --labels labels.csv.gz --groups groups.json.gz --seeds 0.01,0.05,0.2',
    )
    .action(
      bind<EvaluateOptions>(async (context, _, options) => {
        const { evaluate } = await import('../../reputation/evaluate.ts')
        await evaluate(context, options)
      }),
    )
}
