/**
 * Co-signed channel updates per second, both agents in one process and thread, each with a journal that is synced before a
 * signature leaves. 256 channels pay at the same time, so that one sync serves many (group commit).
 *
 * Ceiling: what both sides of one update must at least do on this core, two signatures made and two verified.
 * Not measured: a network between the two; a single channel alone, which waits for three syncs per update.
 */
import { type Channel, inProcessPair } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import { ed25519, ed25519Provider, sha256, utf8 } from '@symbolon/primitives'
import { openBenchAgent, openRequest } from './channel/bench-agent.ts'
import { LocalLedger } from './channel/local-ledger.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { median } from './harness/statistics.ts'
import { formatFigure } from './harness/table.ts'
import { takeTurns, timed } from './harness/turns.ts'

const CHANNELS = 256

export const channelUpdates: Benchmark = { names: ['channel-updates'], run }

async function run({ effort: { rounds, turnMs, scale }, directory }: BenchmarkContext): Promise<Row[]> {
  installNativeProviders()
  const ledger = new LocalLedger()
  const [alice, bob] = [openBenchAgent(directory, 'alice', ledger), openBenchAgent(directory, 'bob', ledger)]
  try {
    const channels: Channel[] = []
    for (let nonce = 0; nonce < CHANNELS * scale; nonce++) {
      const [left, right] = inProcessPair()
      const accepting = bob.host.accept(right)
      channels.push(await alice.host.open(left, openRequest(nonce)))
      await accepting
    }
    const spent: number[] = []
    const rates = await takeTurns(
      { updates: () => pay(channels, turnMs, spent), crypto: signAndVerify(turnMs) },
      rounds,
    )
    return [
      rateRow({
        name: 'channel-updates',
        title: 'co-signed updates, both ends in one thread, durable on both',
        rates: rates.updates,
        ceiling: rates.crypto,
        against: `2 × (sign + verify) on one core (${ed25519Provider().name})`,
        bar: 0.8,
        note: `${channels.length} channels; processor time ${formatFigure(median(spent))} µs each, disk threads included`,
      }),
    ]
  } finally {
    await alice.close()
    await bob.close()
  }
}

/** Payments per second, one update each, on all channels at once. `spent`: µs of processor time of each, all threads. */
async function pay(channels: readonly Channel[], turnMs: number, spent: number[]): Promise<number> {
  const before = process.cpuUsage()
  const started = performance.now()
  let count = 0
  await Promise.all(
    channels.map(async (channel) => {
      do {
        await channel.pay(1n)
        count += 1
      } while (performance.now() - started < turnMs)
    }),
  )
  const rate = (count * 1_000) / (performance.now() - started)
  const { user, system } = process.cpuUsage(before)
  spent.push((user + system) / count)
  return rate
}

function signAndVerify(turnMs: number): () => number {
  const keys = ed25519.generateKeyPair(sha256(utf8('ceiling')))
  const digest = sha256(utf8('digest'))
  return () =>
    timed(
      turnMs,
      () => {
        for (let side = 0; side < 2; side++)
          if (!ed25519.verify(keys.sign(digest), digest, keys.publicKey)) throw new Error('not verified')
      },
      8,
    )
}
