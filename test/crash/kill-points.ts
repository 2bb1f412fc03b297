/** Where processes are killed: before and after everything that is written down or sent, and at random instants in between. */
import type { Kill } from './run.ts'

const around = (role: Kill['role'], names: readonly string[]): Kill[] =>
  names.flatMap((name) => [
    { role, at: `${name}:before` },
    { role, at: `${name}:after` },
  ])

/** In the order of the loop: agreement, channel, payment, presentation, stream, rows, close. */
export const BUYER_POINTS: readonly Kill[] = [
  ...around('buyer', [
    'save commitment',
    'transact channels.open',
    'save channel',
    'update agreeQuote',
    'save challenge',
    'update addHtlc',
    'save preimage',
    'save authenticated',
    'update openStream',
    'save run',
  ]),
  { role: 'buyer', at: 'written' },
  { role: 'buyer', at: 'written#3' },
  ...around('buyer', ['save streamed', 'update closeStream', 'save settled']),
]

export const SELLER_POINTS: readonly Kill[] = [
  ...around('seller', ['commit', 'fulfil', 'update fulfilHtlc', 'authenticate']),
  { role: 'seller', at: 'delivered' },
  { role: 'seller', at: 'delivered#3' },
]

export const KILL_POINTS: readonly Kill[] = [...BUYER_POINTS, ...SELLER_POINTS]

/** A point of the list, or a random instant of a random process. @param random in [0, 1) */
export function randomKill(random: () => number): Kill {
  const pick = Math.floor(random() * (KILL_POINTS.length + 20))
  const point = KILL_POINTS[pick]
  if (point !== undefined) return point
  const role = (['node', 'seller', 'buyer'] as const)[pick % 3] ?? 'node'
  return { role, afterMs: Math.floor(random() * 400) }
}
