/**
 * kill -9 of node, seller and buyer, at every step of a purchase and at random instants, with real processes on real folders. The
 * processes go on by themselves; at the end every row is in the buyer's files once, and exactly these rows are paid.
 * `soak.ts` does the same for as long as one likes.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { audit } from './audit.ts'
import type { Kill } from './run.ts'
import { CrashWorld } from './run.ts'

let world: CrashWorld
afterEach(() => world.end())

/** At every marker the process dies twice: once wherever it is, and once where it stands still at the marker. */
const ROUNDS: readonly [string, readonly Kill[]][] = [
  [
    'the buyer, from the agreement to the payment',
    [
      { role: 'buyer', at: 'save commitment:after' },
      { role: 'buyer', at: 'update addHtlc:before' },
      { role: 'buyer', at: 'save preimage:before' },
    ],
  ],
  [
    'the buyer, from the stream to the settlement',
    [
      { role: 'buyer', at: 'save run:before' },
      { role: 'buyer', at: 'written#2' },
      { role: 'buyer', at: 'save streamed:before' },
      { role: 'buyer', at: 'update closeStream:after' },
    ],
  ],
  [
    'the seller',
    [
      { role: 'seller', at: 'fulfil:before' },
      { role: 'seller', at: 'update fulfilHtlc:before' },
      { role: 'seller', at: 'delivered#2' },
    ],
  ],
  [
    'whoever it is, at any moment',
    [
      { role: 'node', afterMs: 30 },
      { role: 'seller', afterMs: 200 },
      { role: 'buyer', afterMs: 120 },
      { role: 'node', afterMs: 150 },
    ],
  ],
]

describe.each(ROUNDS)('kill -9 of %s', (_, kills) => {
  it('loses nothing, and pays nothing twice', { timeout: 240_000 }, async () => {
    world = new CrashWorld()
    await world.begin()
    for (const kill of kills) await world.kill(kill)
    await world.finish()
    const { purchases } = await audit(world)
    expect(purchases).toBeGreaterThan(0)
    expect(world.kills).toBeGreaterThanOrEqual(kills.length)
  })
})
