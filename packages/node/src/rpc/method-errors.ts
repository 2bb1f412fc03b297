/**
 * The codes that a method may answer with beside those of its parameters, in order of precedence, where the node knows more
 * than the protocol's table: what its ledger check and its mempool say.
 */
import { INCLUSION_CODES } from '@symbolon/ledger'
import { METHODS, type MethodName } from '@symbolon/protocol'

const MORE: Partial<Record<MethodName, readonly string[]>> = {
  'transaction.submit': [
    'NODE_STOPPING',
    'NODE_FAILED',
    // NONCE_GAP is no refusal here: such a transaction waits for its predecessors.
    ...INCLUSION_CODES.filter((code) => code !== 'NONCE_GAP'),
    'NONCE_TOO_FAR',
    'REPLACEMENT_TOO_LATE',
    'REPLACEMENT_UNDERPRICED',
    'ACCOUNT_QUEUE_FULL',
    'MEMPOOL_FULL',
    'TRANSACTION_DROPPED',
  ],
  'identity.search': [
    'SEARCH_CRITERION_MISSING',
    'SCORES_NOT_READY',
    'SCORES_MISMATCH',
    'CURSOR_INVALID',
    'SEARCH_TOO_BROAD',
  ],
}

export function methodErrors(name: MethodName): readonly string[] {
  return MORE[name] ?? METHODS[name].errors
}
