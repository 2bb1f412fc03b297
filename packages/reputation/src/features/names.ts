import { RAW_SCORES, type RawScore } from '../rank/scores.ts'
import { SIGNALS, type Signal } from '../signals/names.ts'

/** What the place of a node in the graph says without any ranking (TRU-044). */
export const STRUCTURE = [
  /** Edges in and out; both directions between one pair count two. */
  'degree',
  'inDegree',
  'outDegree',
  /** Shannon entropy, base 2, of received weight over distinct sources. */
  'citationDiversityEntropy',
  /** The same for every node of a graph: it names the graph, and the default model does without it (TRU-045). */
  'log10NodeCount',
] as const
export type Structure = (typeof STRUCTURE)[number]

export type Feature = RawScore | Signal | Structure

/** The frozen order: 8 raw scores, 9 signals, 5 of structure, 22 in all (TRU-043). */
export const FEATURES: readonly Feature[] = [...RAW_SCORES, ...SIGNALS, ...STRUCTURE]

/** The features of the default model: all but `log10NodeCount`. */
export const MODEL_FEATURES: readonly Feature[] = FEATURES.filter((name) => name !== 'log10NodeCount')
