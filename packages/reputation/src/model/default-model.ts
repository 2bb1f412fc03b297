import { ReputationError } from '../errors.ts'
import { DEFAULT_MODEL_JSON } from './default-model-data.ts'
import { type Model, modelFromJson } from './model.ts'

let parsed: Model | undefined

/** The model that ships with the library, read once. `docs/model-card.md` says what it was trained on and how well it does. */
export function defaultModel(): Model {
  if (DEFAULT_MODEL_JSON === '')
    throw new ReputationError('MODEL_INVALID', 'this build ships no model; train one and pass it as `model`')
  parsed ??= modelFromJson(DEFAULT_MODEL_JSON)
  return parsed
}
