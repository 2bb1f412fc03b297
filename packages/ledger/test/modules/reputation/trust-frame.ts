/** A small frame with short scoring epochs, agents that trade, and who computes, publishes and challenges. */
import { type Address, decode, equalBytes, type Hash } from '@symbolon/primitives'
import {
  type ChannelState,
  channelId,
  channelKey,
  channelRecord,
  DEFAULT_TRUST_PARAMETERS,
  identityKey,
  identityRecord,
  openingState,
  type Payload,
  type Profile,
  type ReputationRecord,
  reputationKey,
  reputationRecord,
  type TrustEpoch,
  type TrustHead,
  type TrustParameters,
  trustEpoch,
  trustEpochKey,
  trustHead,
  trustHeadKey,
} from '@symbolon/protocol'
import { computeEpoch, decodeInput, type EpochComputation, type EpochInput } from '@symbolon/reputation'
import { readPages, scoringParametersOf } from '../../../src/modules/reputation/index.ts'
import { sign } from '../channels/fixture.ts'
import { type Agent, agent, FRAME, type Outcome, TestFrame } from '../harness.ts'

export const UNIT = 1_000_000_000n
export const BOND = 1_001n
export const PEERS: readonly Agent[] = Array.from({ length: 12 }, (_, i) => agent(300 + i))
export const [A, B, C, D] = PEERS as unknown as [Agent, Agent, Agent, Agent]
/** They have accounts and no identities. */
export const PUBLISHER = agent(400)
export const CHALLENGER = agent(401)
export const STRANGER = agent(402)

export const TRUST: TrustParameters = {
  ...DEFAULT_TRUST_PARAMETERS,
  epochLength: 20n,
  publishWindow: 5n,
  challengeWindow: 6n,
  attestWindow: 8n,
  bond: BOND,
  pairCap: 2_000n,
  stakeMin: 0n,
  stakeCap: 10n,
  anchors: [A.address],
}

export const keyOf = (of: Agent) => agent(PEERS.indexOf(of), 9).key

/** Names the key of `keyOf`, or another. */
export const profileOf = (of: Agent, key: Agent['key'] | 'none' = keyOf(of)): Profile => ({
  capabilities: [],
  services: [],
  ...(key === 'none' ? {} : { channelKey: key.publicKey }),
})

interface Opening {
  /** By party; default: those of `keyOf`. */
  readonly keys?: readonly Agent['key'][]
  /** Of party 1, which then co-signs. */
  readonly deposit?: bigint
}

interface Purchase extends Opening {
  readonly fee?: bigint
  readonly paid?: bigint
}

interface Cheating extends Opening {
  readonly closer?: 0 | 1
  readonly agree?: boolean
  readonly fee?: bigint
}

export class TrustFrame extends TestFrame {
  readonly trust: TrustParameters

  constructor(trust: Partial<TrustParameters> = {}) {
    super({ registrationBond: 1n, trust: { ...TRUST, ...trust } })
    this.trust = { ...TRUST, ...trust }
    for (const { address } of [...PEERS, PUBLISHER, CHALLENGER]) this.fund(address, 100n * UNIT)
    for (const one of PEERS)
      this.ok(one, {
        kind: 'identity.register',
        body: { profile: profileOf(one), bond: 5n },
      })
    this.advance()
  }

  ok(from: Agent, payload: Payload, sending = {}): Outcome {
    const outcome = this.send(from, payload, sending)
    if (outcome.code !== 'OK') throw new Error(`${payload.kind}: ${outcome.code} ${outcome.message}`)
    return outcome
  }

  /** Replaces the channel key that the profile names. */
  name(of: Agent, key: Agent['key'] | 'none'): void {
    const { version } = decode(identityRecord, this.get('identity', identityKey(of.address)) as Uint8Array)
    const body = { subject: of.address, version: version + 1n, profile: profileOf(of, key) }
    this.ok(of, { kind: 'identity.update', body: { ...body, previous: { capabilities: [] } } })
  }

  #open(from: Agent, to: Agent, { keys = [keyOf(from), keyOf(to)], deposit = 0n }: Opening = {}) {
    const terms = {
      parties: [from.address, to.address],
      keys: keys.map((key) => key.publicKey),
      deposits: [100n, deposit],
      reserve: 0n,
      challengePeriod: 1n,
      nonce: this.nonce(from.address),
    }
    this.ok(
      from,
      { kind: 'channels.open', body: { terms, signatures: sign(openingState(FRAME, terms), keys) } },
      { cosigners: deposit > 0n ? [to.key.publicKey] : [] },
    )
    const channel = channelId(FRAME, terms)
    return (sequence: bigint, final = false, paid = 40n) => {
      const state: ChannelState = {
        ...openingState(FRAME, terms),
        sequence,
        final,
        balances: [100n - paid, deposit + paid],
      }
      return { channel, state, signatures: sign(state, keys) }
    }
  }

  /** `from` buys from `to` and both close; the fee is burned in full by the gas charged before. */
  buy(from: Agent, to: Agent, { fee = 1_000n, paid = 40n, ...opening }: Purchase = {}): Hash {
    const evidence = this.#open(from, to, opening)(1n, true, paid)
    const body = { channel: evidence.channel, state: evidence.state, signatures: evidence.signatures }
    this.ok(from, { kind: 'channels.closeCooperative', body }, { fee, gasLimit: 100_000n })
    return evidence.channel
  }

  /**
   * The opener, or with `closer` the other, closes with an old state and is proven stale; then both agree, or it settles, which takes 23
   * heights.
   */
  cheat(from: Agent, to: Agent, { closer = 0, agree = false, fee = 0n, ...opening }: Cheating = {}): void {
    const evidence = this.#open(from, to, opening)
    const sides = [from, to] as const
    this.ok(sides[closer], { kind: 'channels.closeUnilateral', body: { ...evidence(1n), party: closer } })
    const other = closer === 0 ? 1 : 0
    this.ok(sides[other], { kind: 'channels.challenge', body: { ...evidence(9n), party: other } })
    if (agree) {
      this.ok(from, { kind: 'channels.closeCooperative', body: evidence(10n, true) })
      return
    }
    for (let i = 0; i < 23; i++) this.advance()
    const body = { channel: evidence(1n).channel }
    this.ok(to, { kind: 'channels.settle', body }, { fee, gasLimit: 10_000n })
  }

  /** Of the other party, unless somebody else is named. */
  attest(from: Agent, channel: Hash, rating: number, latencyMs?: number, of?: Agent): Outcome {
    const stored = this.get('channels', channelKey(channel))
    const { parties } = stored === undefined ? { parties: [] } : decode(channelRecord, stored).terms
    const other = parties.find((party) => !equalBytes(party, from.address)) ?? from.address
    const subject: Address = of?.address ?? other
    const body = { channel, rating, subject, ...(latencyMs === undefined ? {} : { latencyMs }) }
    return this.send(from, { kind: 'reputation.attest', body }, { fee: 500n, gasLimit: 10_000n })
  }

  average(of: Agent): ReputationRecord {
    return decode(reputationRecord, this.get('reputation', reputationKey(of.address)) as Uint8Array)
  }

  /** What the newest sealed epoch is computed from. */
  input(epoch: bigint): EpochInput {
    const place = this.record(epoch)
    if (place === undefined) throw new Error(`epoch ${epoch} is not sealed`)
    return decodeInput(
      Number(epoch),
      readPages((namespace, key) => this.get(namespace, key), place),
    )
  }

  head(): TrustHead | undefined {
    const stored = this.get('reputation', trustHeadKey())
    return stored === undefined ? undefined : decode(trustHead, stored)
  }

  record(epoch: bigint): TrustEpoch | undefined {
    const stored = this.get('reputation', trustEpochKey(epoch))
    return stored === undefined ? undefined : decode(trustEpoch, stored)
  }

  /** Goes on until the running scoring epoch is sealed; returns its number. */
  seal(): bigint {
    const epoch = this.height / this.trust.epochLength
    while (this.height / this.trust.epochLength === epoch) this.advance()
    return epoch
  }

  until(height: bigint): this {
    while (this.height < height) this.advance()
    return this
  }

  /** What anybody computes who reads the state. */
  compute(epoch: bigint): EpochComputation {
    return computeEpoch(FRAME, this.input(epoch), scoringParametersOf(this.trust))
  }

  publication(
    epoch: bigint,
    change: Partial<Extract<Payload, { kind: 'reputation.publish' }>['body']> = {},
  ): Payload {
    const { root, inputDigest, parametersDigest, vectors } = this.compute(epoch)
    const body = { epoch, root, inputDigest, parametersDigest, count: vectors.length, ...change }
    return { kind: 'reputation.publish', body }
  }

  challengeOf(epoch: bigint, root: Hash, change = {}): Payload {
    const { slot, nodes, edges } = this.record(epoch) as TrustEpoch
    return { kind: 'reputation.challenge', body: { epoch, slot, nodes, edges, root, ...change } }
  }
}
