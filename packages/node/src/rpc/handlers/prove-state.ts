/** A value of the state, or its absence, under the newest checkpoint. */
import { SymbolonError } from '@symbolon/primitives'
import type { Namespace, StateProof } from '@symbolon/protocol'
import type { HandlerContext } from './context.ts'

export function proveState(
  { store, ledger }: HandlerContext,
  namespace: Namespace,
  key: Uint8Array,
): StateProof {
  const checkpoint = store.checkpoint(ledger.height)
  if (checkpoint === undefined) throw new SymbolonError('BLOCK_UNKNOWN', 'the frame has no checkpoint yet')
  const value = ledger.get(namespace, key)
  return {
    namespace,
    key,
    ...(value === undefined ? {} : { value }),
    proof: ledger.prove(namespace, key),
    roots: [...ledger.namespaceRoots],
    checkpoint,
  }
}
