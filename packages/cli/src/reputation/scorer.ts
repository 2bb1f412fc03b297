/** Scorers that can be attacked, by name. */
import { anchoredScorer, blindScorer, classifierScorer, type Scorer } from '@symbolon/simulator'
import { oneOf } from '../parse.ts'
import { readModel } from './model-file.ts'
import { SCORER_NAMES } from './names.ts'

/** `model`, if given, is the file of the model that is attacked. Errors: USAGE, FILE_UNREADABLE, MODEL_INVALID. */
export function scorerNamed(name: string, model?: string): Scorer {
  const known = oneOf(name, SCORER_NAMES, '--scorer')
  if (known === 'anchored') return anchoredScorer
  return known === 'blind' ? blindScorer : classifierScorer({ model: readModel(model) })
}
