/** `symbolon reputation`: the trust engine on anybody's edge list. */
import type { Declare } from '../command.ts'
import { declarePredict } from '../reputation/predict.ts'

export const declareReputation: Declare = (program, bind) => {
  const reputation = program
    .command('reputation')
    .summary('score, explain, attack and evaluate a graph of trust')
    .description(
      'How far agents may be trusted, computed from who settled with, paid or rated whom. Works on any edge list; no home and no node are needed.',
    )
  declarePredict(reputation, bind)
}
