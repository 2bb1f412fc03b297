import { type CaveatRefusalCode, type Refusal, refusal } from '../errors.ts'
import { BYTE_INTERVAL_SECONDS_DEFAULT } from '../limits.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { counterKey } from './counter-key.ts'
import type { CounterOperation, CounterStore } from './counter-store.ts'
import { clockSkewSeconds, type Evaluation, limitOf, type PlacedClause, toBaseUnits } from './evaluate.ts'
import type { RequestContext, VerifierPolicy } from './request-context.ts'

/** An operation with what to answer if the store cannot do it. */
interface PlannedOperation {
  readonly operation: CounterOperation
  readonly code: CaveatRefusalCode
  readonly caveatIndex: number | undefined
}

/** Marks the counter of the channel sequence, which belongs to no clause. */
const SEQUENCE_POSITION = { clauseIndex: 255, window: 0n }

/**
 * Counts an evaluated request: one commit for all stateful clauses, after everything else has passed, so that a
 * refused request consumes nothing. Returns undefined when the request was counted.
 */
export async function countRequest(
  macaroon: Macaroon,
  chain: readonly Uint8Array[],
  evaluation: Evaluation,
  context: RequestContext,
  policy: VerifierPolicy,
  counters: CounterStore | undefined,
): Promise<Refusal | undefined> {
  if (evaluation.stateful.length === 0 && context.channelSequence === undefined) return undefined
  if (counters === undefined) {
    if (policy.perCallOnly === true && context.channelSequence === undefined) return undefined
    return refusal(
      'CAVEAT_COUNTERS_REQUIRED',
      'the credential has limits that must be counted and this verifier counts nothing; configure a counter store',
      evaluation.stateful[0]?.caveatIndex,
    )
  }
  const planned = planOperations(macaroon, chain, evaluation, context, policy)
  const commit = await counters.commit(
    planned.map(({ operation }) => operation),
    context.now,
  )
  if (commit.committed) return undefined
  const refused = planned[commit.refusedIndex]
  if (refused === undefined)
    throw new RangeError('the counter store refused an operation that it was not given')
  return refusal(refused.code, NEXT_STEP[refused.code] ?? 'the limit is used up', refused.caveatIndex)
}

const NEXT_STEP: Partial<Record<CaveatRefusalCode, string>> = {
  CAVEAT_USES_EXHAUSTED: 'all uses are spent; buy or renew the credential',
  CAVEAT_RATE_EXCEEDED: 'the bytes of this interval are spent; wait for the next interval',
  CAVEAT_BUDGET_EXHAUSTED: 'the budget is spent; wait for the next window or have it renewed',
  CAVEAT_SEQUENCE_REPLAYED:
    'this channel state has paid already; advance the channel and use its new sequence',
}

function planOperations(
  macaroon: Macaroon,
  chain: readonly Uint8Array[],
  evaluation: Evaluation,
  context: RequestContext,
  policy: VerifierPolicy,
): PlannedOperation[] {
  const skew = clockSkewSeconds(policy)
  const planned = evaluation.stateful.map((clause): PlannedOperation => {
    const window = windowOf(clause, context, policy)
    // Expiries at or before this position bind every holder of the counter; later ones bind only a branch.
    let expiresAt: number | undefined
    for (const expiry of evaluation.expiries)
      if (expiry.caveatIndex <= clause.caveatIndex)
        expiresAt = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, expiry.expiresAt + skew)
    if (window !== undefined) expiresAt = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, window.endsAt)
    const { amount, limit, code } = demandOf(clause, context, policy)
    const key = counterKey(macaroon.identifier, chain[clause.caveatIndex + 1]!, {
      clauseIndex: clause.clauseIndex,
      window: window?.number ?? 0n,
    })
    return {
      operation: { kind: 'add', key, amount, limit, expiresAt },
      code,
      caveatIndex: clause.caveatIndex,
    }
  })
  if (context.channelSequence !== undefined) {
    // Bound to the identifier alone (position 0), so that no delegate can reuse a channel state that another used.
    const key = counterKey(macaroon.identifier, chain[0]!, SEQUENCE_POSITION)
    // Only the first caveat is sure to bind every holder; a mint of this package puts the expiry there.
    const first = evaluation.expiries.find(({ caveatIndex }) => caveatIndex === 0)
    const expiresAt = first === undefined ? undefined : first.expiresAt + skew
    planned.push({
      operation: { kind: 'advance', key, to: context.channelSequence, expiresAt },
      code: 'CAVEAT_SEQUENCE_REPLAYED',
      caveatIndex: undefined,
    })
  }
  return planned
}

function demandOf(
  clause: PlacedClause,
  context: RequestContext,
  policy: VerifierPolicy,
): { amount: bigint; limit: bigint; code: CaveatRefusalCode } {
  const { rule } = clause.entry
  const limit = limitOf(clause)
  if (rule.kind === 'uses') return { amount: 1n, limit, code: 'CAVEAT_USES_EXHAUSTED' }
  if (rule.kind === 'bytes-per-interval')
    return { amount: context.bytes ?? 0n, limit, code: 'CAVEAT_RATE_EXCEEDED' }
  if (rule.kind === 'budget' || rule.kind === 'amount-per-window')
    return {
      amount: context.price,
      // The evaluation has refused already if there was no rate; 0 keeps this closed on its own.
      limit: toBaseUnits(limit, rule.unit, policy) ?? 0n,
      code: 'CAVEAT_BUDGET_EXHAUSTED',
    }
  throw new RangeError(`"${clause.entry.name}" is not counted`)
}

/** Windows are aligned on `from` (Unix time 0 if not given) and numbered from 0, by the verifier's clock alone. */
function windowOf(
  clause: PlacedClause,
  context: RequestContext,
  policy: VerifierPolicy,
): { number: bigint; endsAt: number } | undefined {
  const { value, entry } = clause
  if (entry.rule.kind !== 'bytes-per-interval' && entry.rule.kind !== 'amount-per-window') return undefined
  const seconds =
    value.kind === 'window'
      ? value.windowSeconds
      : BigInt(policy.byteIntervalSeconds ?? BYTE_INTERVAL_SECONDS_DEFAULT)
  const from = value.kind === 'window' ? value.from : 0n
  const elapsed = BigInt(context.now) - from
  // Within the skew before the first window a request counts towards it.
  const number = elapsed < 0n ? 0n : elapsed / seconds
  return { number, endsAt: Number(from + (number + 1n) * seconds) }
}
