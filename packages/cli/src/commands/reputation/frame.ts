/** Commands about the scores that a frame publishes. They need a home, as everything that asks a node does. */
import type { Bind, CliCommand } from '../../command.ts'
import type { RateOptions, RecomputeOptions } from '../../reputation/frame-scores.ts'

const load = () => import('../../reputation/frame-scores.ts')

export function declareFrameScores(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('standing')
    .argument('[who]', 'DID, address or name (default: the agent of --as)')
    .summary('what a frame says of an agent, verified')
    .description(
      'The moving average of an identity, and its vector in the newest final epoch with its proof checked from the genesis down.',
    )
    .action(bind(async (context, [who]) => (await load()).showStanding(context, who)))
  reputation
    .command('recompute')
    .summary('compute the scores of a frame again, and compare')
    .description(
      'Fetches the sealed input of an epoch, holds it against the digest in the state, computes every score again and compares the root with what the frame states, bit for bit.',
    )
    .option('--epoch <number>', 'while the state holds its input (default: the newest sealed one)')
    .option('--challenge', 'if the published root is wrong, challenge it: posts a bond, the ledger decides')
    .action(bind<RecomputeOptions>(async (context, _, options) => (await load()).recompute(context, options)))
  reputation
    .command('rate')
    .argument(
      '<purchase>',
      'its receipt, or the identifier of the channel, which has ended and in which this agent paid',
    )
    .summary('rate the seller of a purchase')
    .description('Once for each channel: evidence for the next epoch, weighed by what the channel burned.')
    .requiredOption('--rating <share>', 'from 0 to 1; 0.5 says nothing')
    .option('--latency <ms>', 'response time that was seen')
    .action(
      bind<RateOptions>(async (context, [purchase = ''], options) =>
        (await load()).rate(context, purchase, options),
      ),
    )
}
