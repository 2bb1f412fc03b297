/** Options that say which graph is scored, and how. */
import type { CliCommand } from '../../command.ts'
import { FORMAT_NAMES } from '../../reputation/names.ts'

function graphOptions(command: CliCommand): CliCommand {
  return command
    .requiredOption(
      '--edges <file>',
      'who pays, rates or vouches for whom: from, to[, weight[, time]], with a header also value, kind, accepted; .gz is unpacked; - is standard input',
    )
    .option(
      '--format <name>',
      `one of ${FORMAT_NAMES.join(', ')} (default: csv or ndjson, as the first line looks)`,
    )
    .option(
      '--anchors <file>',
      'verified agents from which trust starts: id[, weight] (default: chosen, see the guide)',
    )
    .option('--rules', 'first damp reciprocal pairs and closed rings (TRU-007, TRU-008)')
}

/** Options of the commands that score a graph. */
export function scoringOptions(command: CliCommand): CliCommand {
  return graphOptions(command)
    .option('--model <file>', 'written by train (default: the model that ships)')
    .option('--damping <share>', 'of PageRank', '0.85')
    .option('--base-rate <share>', 'Sybils to expect in this network (default: as in the training data)')
    .option('--threshold <probability>', 'from which a node is flagged (default: of the model)')
}
