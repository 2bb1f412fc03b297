/** Timestamps and durations of one attempt to buy (MT-1, MT-2). Unix milliseconds, as integers. */
import { MarketError } from '../errors.ts'
import type { AbortClass } from './abort.ts'

/** In the order in which they happen. */
export const TIMELINE_MARKS = [
  'offerSent',
  'offerAnswered',
  'commitmentProposed',
  'commitmentAccepted',
  'fundingSubmitted',
  'fundingConfirmed',
] as const
export type TimelineMark = (typeof TIMELINE_MARKS)[number]
export type Timeline = Readonly<Partial<Record<TimelineMark, number>>>

/** One finished attempt; `failure` is absent if the channel came up. */
export interface Attempt {
  /** Messages exchanged in the negotiation, halved and rounded up. */
  readonly roundTrips: number
  readonly timeline: Timeline
  readonly failure?: AbortClass
}

/** Throws ABORT_TIMELINE if a mark is set twice, or earlier than one before it: a clock that ran back gives no metric. */
export function mark(timeline: Timeline, name: TimelineMark, at: number): Timeline {
  const later = TIMELINE_MARKS.slice(TIMELINE_MARKS.indexOf(name)).some(
    (other) => timeline[other] !== undefined,
  )
  const newest = Math.max(0, ...Object.values(timeline))
  if (!Number.isSafeInteger(at) || at < newest || later)
    throw new MarketError(
      'ABORT_TIMELINE',
      `${name} at ${at} does not follow what is recorded; use one clock, mark each step once`,
    )
  return { ...timeline, [name]: at }
}

/** Both commitment signatures verified → funding confirmed, milliseconds; undefined if it never got there. */
export function fundingLatencyMs(timeline: Timeline): number | undefined {
  const { commitmentAccepted, fundingConfirmed } = timeline
  return commitmentAccepted === undefined || fundingConfirmed === undefined
    ? undefined
    : fundingConfirmed - commitmentAccepted
}
