/** Exit codes: what a script can act on without reading text. */
import { SymbolonError } from '@symbolon/primitives'

export const EXIT_CODES = {
  0: 'done; for `node` and `serve`, also after Ctrl-C',
  1: 'refused or failed: the code says why; nothing more was changed than the message says',
  2: 'not understood: an argument, a setting or a file does not read as what it should be; nothing was changed',
  3: 'cannot reach a node or a seller: try again when it is back',
  4: 'locked: wrong or missing password, or another process holds the files',
  70: 'a defect of symbolon itself; run again with SYMBOLON_DEBUG=1 and report what it prints',
  130: 'interrupted by Ctrl-C; what was paid can be resumed',
} as const
export type ExitCode = keyof typeof EXIT_CODES

const USAGE = new Set([
  'USAGE',
  'NODE_TOO_OLD',
  'CONFIG_MALFORMED',
  'SETTING_MALFORMED',
  'NAME_UNKNOWN',
  'NAME_MALFORMED',
  'FILE_UNREADABLE',
  'FILE_TOO_LARGE',
  'AMOUNT_MALFORMED',
  'AMOUNT_OUT_OF_RANGE',
  'ADDRESS_MALFORMED',
  'DID_MALFORMED',
  'HEX_MALFORMED',
  'ROUTE_MALFORMED',
  'CAVEAT_MALFORMED',
  'CAVEAT_UNKNOWN',
  'MACAROON_MALFORMED',
  'MASTER_SECRET_INVALID',
  'BENCHMARK_UNKNOWN',
  // Files and options of the trust engine.
  'LINE_INVALID',
  'LINE_TOO_LONG',
  'ID_TOO_LONG',
  'GRAPH_TOO_LARGE',
  'EDGE_INVALID',
  'ANCHORS_MISSING',
  'ANCHOR_UNKNOWN',
  'MODEL_INVALID',
  'EVALUATION_INVALID',
  'LEARNING_OPTION_INVALID',
  'RATING_INVALID',
  'TIMES_MISSING',
  'SIGNED_OPTION_INVALID',
  'SIGNED_TOO_SMALL',
  'SIGNED_TOO_LARGE',
  'SIMULATION_INVALID',
  'TOPOLOGY_INVALID',
  'SPLIT_IMPOSSIBLE',
  'TRAINING_DATA_INVALID',
  'GRAPH_EMPTY',
  'ANCHORS_INVALID',
  'PARAMETER_INVALID',
  'RULE_INVALID',
  'WORLD_TOO_SMALL',
])
const UNREACHABLE = new Set(['FRAME_UNREACHABLE', 'SELLER_UNREACHABLE'])
const LOCKED = new Set([
  'KEY_STORE_UNLOCK_FAILED',
  'PASSWORD_MISSING',
  'PASSWORD_MISMATCH',
  'JOURNAL_LOCKED',
  'ENGINE_LOCKED',
])

/** The code that the error of a command ends the process with. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof SymbolonError)) return 70
  const { code } = error
  if (code === 'INTERRUPTED') return 130
  if (USAGE.has(code) || code.startsWith('SCHEMA_')) return 2
  if (LOCKED.has(code)) return 4
  if (UNREACHABLE.has(code)) return 3
  // A failed purchase names the failure of its last provider as the cause.
  if (error.cause instanceof SymbolonError && UNREACHABLE.has(error.cause.code)) return 3
  return 1
}

/** The table as `symbolon help exit-codes` shows it. */
export function exitCodeText(): string {
  const rows = Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  return `Exit codes:\n${rows.join('\n')}\n`
}
