import type { Bind, CliCommand } from '../../command.ts'
import type { PredictOptions } from '../../reputation/predict.ts'

export function declarePredict(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('predict')
    .summary('predict the ratings of a signed network, and say how well')
    .description(
      'Hides ratings, predicts them from the others, and prints RMSE and PCC of the rating and AUC of its sign, beside fairness × goodness (Kumar and others, ICDM 2016) and other published methods given the same ratings. Any file: from, to, rating[, time].',
    )
    .requiredOption(
      '--signed <file>',
      'rated pairs: SNAP, KONECT, CSV with a header, NDJSON; .gz is unpacked; - is standard input',
    )
    .option('--folds <count>', 'parts of the cross-validation', '10')
    .option(
      '--time-split [share]',
      'instead of folds: known is the earliest share of the ratings (0.8 unless told), tested are the first ratings of pairs after it',
    )
    .option(
      '--refreshes <count>',
      'with --time-split: blocks of time after each of which what is known is refreshed; models stay as trained',
      '1',
    )
    .option('--seed <number>', 'of folds and samples', '1')
    .option('--scale <rating>', 'largest rating that the form allows (default: the largest in the file)')
    .option('--out <file>', 'every tested pair with its prediction, as CSV, or NDJSON by the name')
    .withExamples(
      'symbolon reputation predict --signed soc-sign-bitcoinotc.csv.gz --folds 10',
      'symbolon reputation predict --signed ratings.csv --time-split 0.8 --out predicted.csv',
    )
    .action(
      bind<PredictOptions>(async (context, _, options) => {
        const { predict } = await import('../../reputation/predict.ts')
        await predict(context, options)
      }),
    )
}
