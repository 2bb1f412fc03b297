import type { Bind, CliCommand } from '../../command.ts'
import type { TrainOptions } from '../../reputation/train.ts'

export function declareTrain(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('train')
    .summary('train the model, from generated graphs or your own')
    .description(
      'Trains on whole graphs, calibrates and measures on graphs held out in turn and by time, and writes the model and its card. The same data and seed give the same bytes.',
    )
    .requiredOption('--out <file>', 'the model')
    .option('--card <file>', 'what it was trained on and how well it does, Markdown')
    .option(
      '--data <folder>',
      'of folders with edges.csv, anchors.csv and labels.csv, as `generate` writes them; in the order of their names, which is taken for their time (default: generated)',
    )
    .option('--graphs <count>', 'generated graphs', '288')
    .option('--seed <number>', 'of everything', '1')
    .option('--calibration <kind>', 'logistic or isotonic', 'logistic')
    .option('--normalisation <kind>', 'quantile, or paper to see what per-graph scaling does', 'quantile')
    .option('--threshold <probability>', 'from which a node is flagged (default: 0.5)')
    .option('--name <text>', 'of the model')
    .withExamples(
      'symbolon reputation train --out model.json --card card.md',
      'symbolon reputation train --data mine --out model.json',
    )
    .action(
      bind<TrainOptions>(async (context, _, options) => {
        const { train } = await import('../../reputation/train.ts')
        await train(context, options)
      }),
    )
}
