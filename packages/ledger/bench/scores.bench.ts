/**
 * What scoring epochs cost the ledger at their bounds: the end of an epoch with a full log, and a challenge.
 * Prints JSON lines {name, value, unit} in CPU time of the process, which other work on the machine hardly changes; for the challenge also the gas that pays for it, as seconds of one core.
 *
 *   node packages/ledger/bench/scores.bench.ts
 */
import { type Address, asAddress, asHash, encode, hashKey, sha256, utf8 } from '@symbolon/primitives'
import {
  DEFAULT_PARAMETERS,
  identityKey,
  identityRecord,
  type Parameters,
  type Payload,
  reputationKey,
  reputationRecord,
  TRUST_EDGES_MAX,
  TRUST_EVIDENCE_MAX,
  TRUST_NODES_MAX,
  TRUST_STATUS,
  trustParametersOf,
} from '@symbolon/protocol'
import { type Evidence, encodeInput, foldEpoch, seeded } from '@symbolon/reputation'
import { installNativeProviders } from '../../native/src/index.ts'
import type { BlockEndContext, ExecutionContext } from '../src/module.ts'
import { challenge } from '../src/modules/reputation/challenge.ts'
import { startRecord } from '../src/modules/reputation/epochs.ts'
import { appendEvidence } from '../src/modules/reputation/evidence-log.ts'
import { writePages } from '../src/modules/reputation/input-pages.ts'
import { sealEpoch } from '../src/modules/reputation/seal.ts'
import { readEpoch, scoringParametersOf, writeEpoch } from '../src/modules/reputation/trust-records.ts'

installNativeProviders()
const random = seeded(1)
const parameters: Parameters = DEFAULT_PARAMETERS
const trust = trustParametersOf(parameters)
const agents = Array.from({ length: TRUST_NODES_MAX }, (_, i) => asAddress(sha256(utf8(`agent ${i}`))))
const state = new Map<string, Uint8Array>()
const context: BlockEndContext = {
  frame: asHash(new Uint8Array(32)),
  height: 2n * trust.epochLength - 1n,
  epoch: 0n,
  parameters,
  read: (namespace, key) => state.get(namespace + hashKey(key)),
  write: (namespace, key, value) => {
    if (value === undefined) state.delete(namespace + hashKey(key))
    else state.set(namespace + hashKey(key), value)
  },
  emit: () => undefined,
}

const anyone = (): Address => agents[random.below(agents.length)] as Address
const settlements = (count: number): Evidence[] =>
  Array.from({ length: count }, () => ({
    kind: 'settlement',
    from: anyone(),
    to: anyone(),
    weight: 1 + random.below(1_000_000),
    rating: 0,
    latency: 0,
  }))

for (const [i, subject] of agents.entries()) {
  const record = {
    subject,
    keys: [{ publicKey: sha256(utf8(`key ${i}`)), from: 0n }],
    version: 0n,
    profile: { capabilities: ['data.rows'], services: [] },
    bond: 50_000_000_000n,
    registered: 1n,
  }
  context.write('identity', identityKey(subject), encode(identityRecord, record))
  const lifetime = BigInt(i % 40)
  context.write(
    'reputation',
    reputationKey(subject),
    encode(reputationRecord, { ...startRecord(500_000, 0n), lifetime }),
  )
}
const before = foldEpoch({
  epoch: 0,
  before: undefined,
  evidence: settlements(TRUST_EDGES_MAX + 100),
  parameters: scoringParametersOf(trust),
})
writePages(context, 0, encodeInput(before))

/** CPU milliseconds of all threads of this process. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function report(name: string, milliseconds: number, more: object = {}): void {
  console.log(JSON.stringify({ name, value: Math.round(milliseconds), unit: 'ms', ...more }))
}

for (let run = 0; run < 3; run++) {
  const sealed = { epoch: 0n, slot: 0, nodes: before.nodes.length, edges: before.edges.length }
  const evidence = appendEvidence(context, { evidence: 0 }, settlements(TRUST_EVIDENCE_MAX))
  const placed = {
    ...sealed,
    inputDigest: asHash(new Uint8Array(32)),
    parametersDigest: asHash(new Uint8Array(32)),
  }
  const final = { ...placed, root: asHash(new Uint8Array(32)), count: sealed.nodes, height: 1n }
  let start = cpu()
  const { sealed: next } = sealEpoch(context, { evidence, sealed, final }, trust)
  report('seal', cpu() - start, { agents: next?.nodes, relations: next?.edges, evidence })

  const record = readEpoch(context, 1n)
  if (record === undefined) throw new Error('nothing was sealed')
  const publication = {
    publisher: anyone(),
    root: asHash(new Uint8Array(32)),
    bond: trust.bond,
    challengeUntil: 1_000n,
  }
  writeEpoch(context, { ...record, status: TRUST_STATUS.published, publication })
  const body: Extract<Payload, { kind: 'reputation.challenge' }>['body'] = {
    epoch: 1n,
    slot: record.slot,
    nodes: record.nodes,
    edges: record.edges,
    root: asHash(new Uint8Array(32).fill(1)),
  }
  const execution = { ...context, transaction: { body: { sender: anyone() } } } as unknown as ExecutionContext
  start = cpu()
  challenge.execute(body, execution)
  const milliseconds = cpu() - start
  const gas = Number(challenge.gas(body, execution.transaction.body))
  report('challenge', milliseconds, {
    gas_ms: gas / 1e6,
    ratio: Number((milliseconds / (gas / 1e6)).toFixed(2)),
  })
}
