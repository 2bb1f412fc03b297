/**
 * What happened with each provider: a local, implicit reputation that reorders future candidates without any oracle
 * (AB-3), and flags those who negotiate too long or promise and vanish (MT-3, MT-4).
 */
import { type Address, hashKey } from '@symbolon/primitives'
import {
  DEFECTION_RATIO_PPM,
  DEFECTION_TIMEOUTS_MIN,
  HISTORY_ATTEMPTS_MAX,
  HISTORY_PROVIDERS_MAX,
} from '../limits.ts'
import { ABORT_CLASSES, type AbortClass } from './abort.ts'
import type { Attempt } from './timeline.ts'

const PPM = 1_000_000
/** Successes that a provider is credited with before its first attempt: one failure is not yet a pattern. */
const PRIOR_SUCCESSES = 3

export interface Decomposition {
  readonly attempts: number
  readonly successes: number
  readonly failures: Readonly<Record<AbortClass, number>>
}

export function decompose(attempts: readonly Attempt[]): Decomposition {
  const failures = Object.fromEntries(ABORT_CLASSES.map((name) => [name, 0])) as Record<AbortClass, number>
  let successes = 0
  for (const { failure } of attempts)
    if (failure === undefined) successes++
    else failures[failure]++
  return { attempts: attempts.length, successes, failures }
}

/** Advice to the operator, by the class that fails most (worked example 8); undefined while nothing fails. */
export const ADVICE = {
  NEGOTIATION_MISMATCH: 'filter more strictly in discovery: providers are asked for what they do not offer',
  COMMITMENT_TIMEOUT: 'vet counterparties: providers agree and then do not sign',
  FUNDING_COORDINATION_FAILURE: 'recalibrate the funding timeout, or vet counterparties',
} as const satisfies Record<AbortClass, string>

/** Ties go to the costlier class, which is the later step. */
export function dominantFailure(of: Decomposition): AbortClass | undefined {
  let dominant: AbortClass | undefined
  for (const name of ABORT_CLASSES)
    if (of.failures[name] > 0 && (dominant === undefined || of.failures[name] >= of.failures[dominant]))
      dominant = name
  return dominant
}

/** Timeouts to mismatches at or over the ratio suggest defection rather than incompatibility (MT-4). */
export function suspectsDefection(of: Decomposition, ratioPpm: bigint = DEFECTION_RATIO_PPM): boolean {
  const timeouts = of.failures.COMMITMENT_TIMEOUT
  if (timeouts < DEFECTION_TIMEOUTS_MIN) return false
  return BigInt(timeouts) * BigInt(PPM) >= ratioPpm * BigInt(of.failures.NEGOTIATION_MISMATCH)
}

/**
 * Whether a provider's mean round trips exceed `target` by more than one standard deviation of all attempts (MT-3).
 * Both sides are squared and cleared of denominators, so the comparison is exact:
 *   S/n − target > σ, σ² = (N·Q − P²)/N²   ⟺   N·(S − n·target) > 0 and N²·(S − n·target)² > n²·(N·Q − P²)
 */
export function exceedsRoundTrips(own: readonly Attempt[], all: readonly Attempt[], target: number): boolean {
  let sum = 0n
  let squares = 0n
  for (const { roundTrips } of all) {
    sum += BigInt(roundTrips)
    squares += BigInt(roundTrips) ** 2n
  }
  const ownSum = own.reduce((total, { roundTrips }) => total + BigInt(roundTrips), 0n)
  const n = BigInt(own.length)
  const all_n = BigInt(all.length)
  const excess = ownSum - n * BigInt(target)
  return excess > 0n && all_n ** 2n * excess ** 2n > n ** 2n * (all_n * squares - sum ** 2n)
}

/** Bounded: HISTORY_ATTEMPTS_MAX newest attempts of HISTORY_PROVIDERS_MAX providers, about 25 MB when full. */
export class ProviderHistory {
  /** In order of last use, oldest first (a Map keeps insertion order). */
  readonly #attempts = new Map<string, Attempt[]>()

  record(provider: Address, attempt: Attempt): void {
    const key = hashKey(provider)
    const kept = [...(this.#attempts.get(key) ?? []), attempt].slice(-HISTORY_ATTEMPTS_MAX)
    this.#attempts.delete(key)
    this.#attempts.set(key, kept)
    if (this.#attempts.size <= HISTORY_PROVIDERS_MAX) return
    const oldest = this.#attempts.keys().next()
    if (!oldest.done) this.#attempts.delete(oldest.value)
  }

  attemptsOf(provider: Address): readonly Attempt[] {
    return this.#attempts.get(hashKey(provider)) ?? []
  }

  /** Everything remembered, for dashboards (MT-5). PERF: copies all attempts. */
  all(): Attempt[] {
    return [...this.#attempts.values()].flat()
  }

  /** Share of failures, ppm, with PRIOR_SUCCESSES added: 0 for a stranger, towards 1,000,000 for one who always fails. */
  penaltyPpm(provider: Address): number {
    const { attempts, successes } = decompose(this.attemptsOf(provider))
    return Math.floor(((attempts - successes) * PPM) / (attempts + PRIOR_SUCCESSES))
  }
}
