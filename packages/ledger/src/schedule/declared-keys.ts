/** The names of the keys that a transaction declares, with those that the kernel declares for every transaction. */
import { hashKey } from '@symbolon/primitives'
import { NAMESPACES, type Namespace } from '@symbolon/protocol'
import type { StateKey } from '../module.ts'
import type { ModuleRegistry } from '../module-registry.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import type { DeclaredKeys } from './components.ts'

/** One character per namespace keeps equal keys of different namespaces apart. */
const MARK = Object.fromEntries(
  NAMESPACES.map((name, position) => [name, String.fromCharCode(position)]),
) as Record<Namespace, string>

function nameOf({ namespace, key }: StateKey): string {
  return MARK[namespace] + hashKey(key)
}

/** Write of the sender's account, read of the sender's identity, and what the kind declares. */
export function declaredKeys(candidate: TransactionCandidate, registry: ModuleRegistry): DeclaredKeys {
  const access = candidate.plan(registry)?.access
  const account = `${MARK.accounts}\u0001${candidate.senderKey}`
  const identity = `${MARK.identity}\u0001${candidate.senderKey}`
  if (access === undefined) return { reads: [identity], writes: [account] }
  return { reads: [identity, ...access.reads.map(nameOf)], writes: [account, ...access.writes.map(nameOf)] }
}
