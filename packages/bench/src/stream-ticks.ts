/**
 * Stream ticks verified per second on one core: every tick is a message of its own that the payee's `ReceivedChain` takes,
 * one hash, one comparison. Chains are as long as the ledger redeems (65,536 ticks).
 *
 * Ceiling: the native hash walking the same chain in one call, without a look at any value between.
 * Not measured: decoding, delivery, durability (see stream-socket), and the making of chains, which is the payer's.
 */
import { ReceivedChain } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import { hashChainWalk, sha256, utf8 } from '@symbolon/primitives'
import { STREAM_TICKS_MAX } from '@symbolon/protocol'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { counted, takeTurns } from './harness/turns.ts'

export const streamTicks: Benchmark = { names: ['stream-ticks'], run }

async function run({ effort: { rounds, scale, turnMs } }: BenchmarkContext): Promise<Row[]> {
  const { hash } = installNativeProviders()
  const length = Math.ceil(STREAM_TICKS_MAX * scale)
  const tag = sha256(utf8('frame, channel and stream'))
  const preimages = preimagesOf(tag, length)
  const [root, seed] = [preimages[0] as Uint8Array, preimages[length] as Uint8Array]
  // At 2.5 M ticks/s a turn of 300 ms takes about 12 chains.
  const chains = Math.max(1, Math.round((turnMs * 2_500) / length))
  const rates = await takeTurns(
    {
      received: () =>
        counted(chains * length, () => {
          for (let chain = 0; chain < chains; chain++) receive(root, tag, preimages)
        }),
      walk: () =>
        counted(chains * length, () => {
          for (let chain = 0; chain < chains; chain++) hashChainWalk(seed, tag, length)
        }),
    },
    rounds,
  )
  return [
    rateRow({
      name: 'stream-ticks',
      title: 'ticks verified one by one in process, one core',
      rates: rates.received,
      ceiling: rates.walk,
      against: `a bare walk of the chain (${hash})`,
      bar: 2_000_000,
      barOn: 'value',
      note: `${chains * length} ticks a turn`,
    }),
  ]
}

/** x(0) … x(length): the value at i pays i ticks. */
function preimagesOf(tag: Uint8Array, length: number): Uint8Array[] {
  const preimages: Uint8Array[] = new Array(length + 1)
  preimages[length] = sha256(utf8('seed'))
  for (let i = length; i > 0; i--) preimages[i - 1] = hashChainWalk(preimages[i] as Uint8Array, tag, 1)
  return preimages
}

function receive(root: Uint8Array, tag: Uint8Array, preimages: readonly Uint8Array[]): void {
  const length = preimages.length - 1
  const chain = new ReceivedChain({
    stream: 1n,
    run: 1n,
    length,
    tickValue: 1n,
    tag,
    index: 0,
    preimage: root,
  })
  for (let index = 1; index <= length; index++) chain.accept(index, preimages[index] as Uint8Array)
}
