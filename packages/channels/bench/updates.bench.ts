/**
 * Co-signed updates, both ends in one process and thread, durable on both sides, against the machine's own 2 × (sign + verify) measured in
 * the same run. A single channel waits for three disk syncs per update; many channels share them (group commit) and the
 * signatures become the limit. Bar: 80 % of the ceiling.
 *
 * Each row comes twice: per second of wall clock, and per second of processor time of the whole process (disk threads included),
 * which other work on the machine does not distort.
 */
import { type Ed25519KeyPair, ed25519, ed25519Provider, sha256, utf8 } from '@symbolon/primitives'
import { installNativeProviders } from '../../native/src/index.ts'
import { type Channel, inProcessPair } from '../src/index.ts'
import { benchAgent, report, YesLedger } from './support.ts'

const ROUNDS = 7
const ROUND_MS = Number(process.env['BENCH_MS'] ?? 600)

installNativeProviders()

interface Rate {
  wall: number
  processor: number
}

/** Runs `run`, which counts what it does, and relates the count to both clocks. */
async function rateOf(run: (startMs: number) => number | Promise<number>): Promise<Rate> {
  const before = process.cpuUsage()
  const startMs = performance.now()
  const count = await run(startMs)
  const { user, system } = process.cpuUsage(before)
  return {
    wall: (count * 1_000) / (performance.now() - startMs),
    processor: (count * 1_000_000) / (user + system),
  }
}

/**
 * Two keys in turn and another digest each time, as updates have them: with one input for ever the processor predicts every branch
 * of the verification, and the ceiling comes out 5 % too high.
 */
const SIGNERS = ['left', 'right'].map((name) => ed25519.generateKeyPair(sha256(utf8(name))))
const DIGESTS = Array.from({ length: 4_096 }, (_, index) => sha256(utf8(`digest ${index}`)))

function ceiling(): Promise<Rate> {
  return rateOf((startMs) => {
    let pairs = 0
    while (performance.now() - startMs < ROUND_MS) {
      const keys = SIGNERS[pairs % 2] as Ed25519KeyPair
      const digest = DIGESTS[pairs % DIGESTS.length] as Uint8Array
      const signature = ed25519.sign(digest, keys)
      if (!ed25519.verify(signature, digest, keys.publicKey)) throw new Error('verification failed')
      pairs += 1
    }
    return pairs / 2
  })
}

/** Alternates ceiling and updates, so that other work on the machine slows both, and reports the round with the median ratio. */
async function measure(
  name: string,
  channelCount: number,
  operationsPerUpdate: number,
  unit: string,
): Promise<void> {
  const ledger = new YesLedger()
  const [alice, bob] = [benchAgent('alice', ledger), benchAgent('bob', ledger)]
  const channels: Channel[] = []
  for (let nonce = 0; nonce < channelCount; nonce++) {
    const [left, right] = inProcessPair()
    const accepting = bob.host.accept(right)
    channels.push(
      await alice.host.open(left, {
        deposits: [10n ** 12n, 0n],
        reserve: 1_000n,
        challengePeriod: 100n,
        nonce: BigInt(nonce),
      }),
    )
    await accepting
  }
  const round = (): Promise<Rate> =>
    rateOf(async (startMs) => {
      let count = 0
      await Promise.all(
        channels.map(async (channel) => {
          while (performance.now() - startMs < ROUND_MS) {
            await Promise.all(Array.from({ length: operationsPerUpdate }, () => channel.pay(1n)))
            count += 1
          }
        }),
      )
      return count
    })
  await round()
  const rounds: { value: Rate; bound: Rate }[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const before = await ceiling()
    const value = await round()
    const after = await ceiling()
    const mean = (clock: keyof Rate): number => (before[clock] + after[clock]) / 2
    rounds.push({ value, bound: { wall: mean('wall'), processor: mean('processor') } })
  }
  for (const clock of ['wall', 'processor'] as const) {
    rounds.sort((a, b) => a.value[clock] / a.bound[clock] - b.value[clock] / b.bound[clock])
    const { value, bound } = rounds[Math.floor(ROUNDS / 2)] as { value: Rate; bound: Rate }
    const per = clock === 'wall' ? unit : `${unit} of processor time`
    report(name, value[clock] * operationsPerUpdate, per, bound[clock])
  }
  await alice.dispose()
  await bob.dispose()
}

await measure(`co-signed updates, 64 channels (${ed25519Provider().name})`, 64, 1, 'updates/s')
await measure(`co-signed updates, 256 channels (${ed25519Provider().name})`, 256, 1, 'updates/s')
await measure('co-signed updates, 1 channel, three disk syncs each', 1, 1, 'updates/s')
await measure('payments batched 64 to an update, 16 channels', 16, 64, 'payments/s')
