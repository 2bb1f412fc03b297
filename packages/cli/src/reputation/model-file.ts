/** The model that scores: the one that ships, or one that `train` wrote. */
import { defaultModel, type Model, modelFromJson } from '@symbolon/reputation'
import { readText } from '../home/files.ts'

/** Errors: FILE_UNREADABLE, FILE_TOO_LARGE, MODEL_INVALID. */
export function readModel(path: string | undefined): Model {
  return path === undefined ? defaultModel() : modelFromJson(readText(path))
}
