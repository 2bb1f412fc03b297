import { type CaveatRefusalCode, type Refusal, refusal } from '../errors.ts'
import { CLOCK_SKEW_SECONDS_DEFAULT, CLOCK_SKEW_SECONDS_MAX } from '../limits.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { type AmountUnit, isStateful } from './catalogue.ts'
import type { Clause } from './clause.ts'
import { parseCaveat } from './parse.ts'
import type { RequestContext, VerifierPolicy } from './request-context.ts'

/** A clause with its place in the credential. */
export interface PlacedClause extends Clause {
  readonly caveatIndex: number
  readonly clauseIndex: number
}

/** A request that no caveat refuses by itself; the stateful clauses still have to be counted. */
export interface Evaluation {
  readonly accepted: true
  /** In chain order. */
  readonly stateful: readonly PlacedClause[]
  /** Unix seconds of each expiry clause with its caveat's position, in chain order. */
  readonly expiries: readonly { readonly caveatIndex: number; readonly expiresAt: number }[]
  /** The tightest of them: the last second at which the credential is accepted, before skew. */
  readonly expiresAt: number
}

/**
 * Evaluates everything that needs no counter, cheapest and most often failing first whatever the chain order (CV-6;
 * safe because caveats are a conjunction): expiry, then scope and bindings, then amounts. Changes nothing.
 *
 * A client runs this too before it presents a credential, to see whether it still covers the task (L402-12, CAV-16).
 */
export function evaluateCaveats(
  macaroon: Macaroon,
  context: RequestContext,
  policy: VerifierPolicy = {},
): Evaluation | Refusal {
  const clauses = placedClauses(macaroon)
  if ('accepted' in clauses) return clauses
  const skew = clockSkewSeconds(policy)

  const expiries: { caveatIndex: number; expiresAt: number }[] = []
  let expiresAt = Number.POSITIVE_INFINITY
  for (const clause of clauses) {
    if (clause.entry.rule.kind !== 'expiry' || clause.value.kind !== 'integer') continue
    const at = Number(clause.value.integer)
    expiries.push({ caveatIndex: clause.caveatIndex, expiresAt: at })
    if (at < expiresAt) expiresAt = at
    if (context.now > at + skew)
      return refusal('CAVEAT_EXPIRED', `expired at ${at}; buy or renew the credential`, clause.caveatIndex)
  }
  if (expiries.length === 0)
    return refusal(
      'CAVEAT_EXPIRY_MISSING',
      'a credential without an expiry is not accepted; add expiry_before',
    )

  for (const clause of clauses) {
    const refused = refuseByScope(clause, context)
    if (refused !== undefined) return refused
  }
  const stateful: PlacedClause[] = []
  for (const clause of clauses) {
    const refused = refuseByAmount(clause, context, policy)
    if (refused !== undefined) return refused
    if (isStateful(clause.entry)) stateful.push(clause)
  }
  return { accepted: true, stateful, expiries, expiresAt }
}

/** @throws RangeError if the policy's skew is over its bound, which is the server's own mistake */
export function clockSkewSeconds(policy: VerifierPolicy): number {
  const skew = policy.clockSkewSeconds ?? CLOCK_SKEW_SECONDS_DEFAULT
  if (!(skew >= 0 && skew <= CLOCK_SKEW_SECONDS_MAX))
    throw new RangeError(`clockSkewSeconds must be 0 to CLOCK_SKEW_SECONDS_MAX = ${CLOCK_SKEW_SECONDS_MAX}`)
  return skew
}

function placedClauses(macaroon: Macaroon): readonly PlacedClause[] | Refusal {
  const placed: PlacedClause[] = []
  for (let caveatIndex = 0; caveatIndex < macaroon.caveats.length; caveatIndex++) {
    const caveat = macaroon.caveats[caveatIndex]!
    if (caveat.verificationId !== undefined)
      return refusal(
        'MACAROON_THIRD_PARTY_UNSUPPORTED',
        'third-party caveats cannot be discharged here; use a credential without them',
        caveatIndex,
      )
    const clauses = parseCaveat(caveat.identifier)
    if (typeof clauses === 'string')
      return refusal(
        clauses,
        'this caveat is not in the language of this verifier, so it refuses',
        caveatIndex,
      )
    for (let clauseIndex = 0; clauseIndex < clauses.length; clauseIndex++) {
      const { entry, value } = clauses[clauseIndex]!
      placed.push({ entry, value, caveatIndex, clauseIndex })
    }
  }
  return placed
}

function refuseByScope(
  { entry, value, caveatIndex }: PlacedClause,
  context: RequestContext,
): Refusal | undefined {
  const { rule } = entry
  if (rule.kind === 'match') {
    if (value.kind === 'text' && context[rule.field] === value.text) return undefined
    return refusal(rule.code, `the request is outside "${entry.name}"; use a credential for it`, caveatIndex)
  }
  if (rule.kind === 'at-most') {
    const quantity = context[rule.field]
    if (quantity !== undefined && value.kind === 'integer' && quantity <= value.integer) return undefined
    return refusal(
      'CAVEAT_QUANTITY_EXCEEDED',
      `the request is over "${entry.name}"; ask for less`,
      caveatIndex,
    )
  }
  return undefined
}

function refuseByAmount(
  clause: PlacedClause,
  context: RequestContext,
  policy: VerifierPolicy,
): Refusal | undefined {
  const { rule, name } = clause.entry
  const refuse = (code: CaveatRefusalCode, message: string) => refusal(code, message, clause.caveatIndex)
  switch (rule.kind) {
    case 'price-ceiling':
    case 'budget':
    case 'amount-per-window': {
      const limit = limitOf(clause)
      const limitBase = toBaseUnits(limit, rule.unit, policy)
      if (limitBase === undefined)
        return refuse(
          'CAVEAT_UNIT_UNSUPPORTED',
          `"${name}" is in satoshi and this verifier has no rate for it`,
        )
      if (context.price < 0n || context.price > limitBase)
        return refuse(
          rule.kind === 'price-ceiling' ? 'CAVEAT_PRICE_EXCEEDED' : 'CAVEAT_BUDGET_EXHAUSTED',
          `the price ${context.price} is over "${name}" = ${limitBase}; renew with a higher ceiling`,
        )
      return refuseBeforeWindow(clause, context, policy)
    }
    case 'bytes-per-interval':
      if (context.bytes === undefined || context.bytes < 0n || context.bytes > limitOf(clause))
        return refuse('CAVEAT_RATE_EXCEEDED', `the request is over "${name}" by itself; ask for less`)
      return refuseBeforeWindow(clause, context, policy)
    case 'uses':
      return limitOf(clause) === 0n
        ? refuse('CAVEAT_USES_EXHAUSTED', 'the credential allows no use')
        : undefined
    default:
      return undefined
  }
}

/** The tolerance of a few seconds at a window's start (CAV-11) is the same skew as at expiry. */
function refuseBeforeWindow(
  clause: PlacedClause,
  context: RequestContext,
  policy: VerifierPolicy,
): Refusal | undefined {
  if (clause.value.kind !== 'window') return undefined
  if (BigInt(context.now) + BigInt(clockSkewSeconds(policy)) >= clause.value.from) return undefined
  return refusal(
    'CAVEAT_WINDOW_NOT_STARTED',
    'the first window has not started; wait for it',
    clause.caveatIndex,
  )
}

/** The number in a clause, in the unit that it was written in. */
export function limitOf({ value }: Clause): bigint {
  if (value.kind === 'integer') return value.integer
  return value.kind === 'window' ? value.amount : 0n
}

export function toBaseUnits(amount: bigint, unit: AmountUnit, policy: VerifierPolicy): bigint | undefined {
  if (unit === 'base') return amount
  return policy.baseUnitsPerSatoshi === undefined ? undefined : amount * policy.baseUnitsPerSatoshi
}
