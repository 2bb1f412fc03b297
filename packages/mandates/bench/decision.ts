/**
 * Cost of one decision: `node packages/mandates/bench/decision.ts`. The ceiling is what the machine needs for the signature
 * alone, measured in the same run; the journal is in memory, so the disk is left out.
 */
import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { addressOf, asHash, Ed25519KeyPair } from '@symbolon/primitives'
import { channelId, openingState } from '@symbolon/protocol'
import { Interceptor, type Mandate, mandateDigest } from '../src/index.ts'

const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const frame = asHash(seed(9))
const [principal, agent, ours, provider, theirs] = [1, 2, 3, 4, 5].map(
  (fill) => new Ed25519KeyPair(seed(fill)),
)
if (!principal || !agent || !ours || !provider || !theirs) throw new Error('unreachable')
const mandate: Mandate = {
  frame,
  issuer: addressOf(principal.publicKey),
  delegate: addressOf(agent.publicKey),
  caps: { total: 10n ** 12n, perCall: 10n ** 9n, perTask: 10n ** 12n, perProvider: 10n ** 12n },
  windows: [
    { seconds: 60n, limit: 10n ** 12n },
    { seconds: 3_600n, limit: 10n ** 12n },
  ],
  providers: [addressOf(provider.publicKey)],
  resources: ['data'],
  expiresAt: 10n ** 10n,
  margin: 500,
  nonce: new Uint8Array(16),
}
const journal = Journal.open({
  directory: '/bench',
  fileSystem: new SimulatedFileSystem(),
  sync: 'none',
  segmentBytesMax: 1 << 26,
})
const interceptor = await Interceptor.open({
  frame,
  principal: mandate.issuer,
  chain: [{ mandate, publicKey: principal.publicKey, signature: principal.sign(mandateDigest(mandate)) }],
  seeds: { account: seed(2), channel: seed(3) },
  journal,
  clock: () => Date.now() / 1_000,
  disputeBond: 0n,
})
const purpose = { task: 'bench', resource: 'data.rows' }
const terms = {
  parties: [mandate.delegate, addressOf(provider.publicKey)],
  keys: [ours.publicKey, theirs.publicKey],
  deposits: [10n ** 9n, 0n],
  reserve: 0n,
  challengePeriod: 100n,
  nonce: 0n,
}
await interceptor.sign({
  kind: 'transaction',
  purpose,
  body: {
    frame,
    sender: mandate.delegate,
    nonce: 0n,
    fee: 1n,
    gasLimit: 1n,
    validUntil: 1n,
    payload: { kind: 'channels.open', body: { terms, signatures: [new Uint8Array(64), new Uint8Array(64)] } },
  },
})

const ROUNDS = 20_000
const microseconds = async (run: (i: number) => unknown, rounds = ROUNDS): Promise<number> => {
  const start = performance.now()
  for (let i = 0; i < rounds; i++) await run(i)
  return ((performance.now() - start) * 1_000) / rounds
}
const digest = channelId(frame, terms)
let state = openingState(frame, terms)
const next = () => {
  const [own = 0n, other = 0n] = state.balances
  state = { ...state, sequence: state.sequence + 1n, balances: [own - 1n, other + 1n] }
  return state
}
await microseconds(() => interceptor.sign({ kind: 'channelState', frame, state: next(), purpose }), 2_000)
const bare = await microseconds(() => ours.sign(digest))
const batch = 64
const whole =
  (await microseconds(
    () =>
      Promise.all(
        Array.from({ length: batch }, () =>
          interceptor.sign({ kind: 'channelState', frame, state: next(), purpose }),
        ),
      ),
    Math.floor(ROUNDS / batch),
  )) / batch
const denied = await microseconds(() =>
  interceptor
    .sign({ kind: 'channelState', frame, state: { ...state, sequence: 0n }, purpose })
    .catch(() => {}),
)
console.log(`signature alone      ${bare.toFixed(1)} µs`)
console.log(
  `decide, log, sign    ${whole.toFixed(1)} µs  (${(whole / bare).toFixed(1)} × the signature, bound 5,000 µs)`,
)
console.log(`refuse and log       ${denied.toFixed(1)} µs`)
