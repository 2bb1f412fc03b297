/** `symbolon reputation`: the trust engine on anybody's edge list. */
import type { Declare } from '../../command.ts'
import { declareEvaluate } from './evaluate.ts'
import { declareExplain } from './explain.ts'
import { declareFrameScores } from './frame.ts'
import { declareGenerate } from './generate.ts'
import { declarePredict } from './predict.ts'
import { declareReport } from './report.ts'
import { declareScore } from './score.ts'
import { declareScorecard } from './scorecard.ts'
import { declareSimulate } from './simulate.ts'
import { declareTrain } from './train.ts'

export const declareReputation: Declare = (program, bind) => {
  const reputation = program
    .command('reputation')
    .summary('score, explain, attack and evaluate a graph of trust')
    .description(
      'How far agents may be trusted, computed from who settled with, paid or rated whom. Works on any edge list, without a home and without a node; standing, recompute and rate are about the scores that a frame publishes.',
    )
  declareScore(reputation, bind)
  declareExplain(reputation, bind)
  declareReport(reputation, bind)
  declareEvaluate(reputation, bind)
  declarePredict(reputation, bind)
  declareSimulate(reputation, bind)
  declareScorecard(reputation, bind)
  declareTrain(reputation, bind)
  declareGenerate(reputation, bind)
  declareFrameScores(reputation, bind)
}
