/** A small frame with short scoring epochs, agents that trade, and who computes, publishes and challenges. */
import { decode, type Hash } from '@symbolon/primitives'
import {
  type ChannelState,
  channelId,
  DEFAULT_TRUST_PARAMETERS,
  openingState,
  type Payload,
  type TrustEpoch,
  type TrustHead,
  type TrustParameters,
  trustEpoch,
  trustEpochKey,
  trustHead,
  trustHeadKey,
} from '@symbolon/protocol'
import { computeEpoch, decodeInput, type EpochComputation } from '@symbolon/reputation'
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

const keyOf = (of: Agent) => agent(PEERS.indexOf(of), 9).key

export class TrustFrame extends TestFrame {
  readonly trust: TrustParameters

  constructor(trust: Partial<TrustParameters> = {}) {
    super({ registrationBond: 1n, trust: { ...TRUST, ...trust } })
    this.trust = { ...TRUST, ...trust }
    for (const { address } of [...PEERS, PUBLISHER, CHALLENGER]) this.fund(address, 100n * UNIT)
    for (const one of PEERS)
      this.ok(one, {
        kind: 'identity.register',
        body: { profile: { capabilities: [], services: [] }, bond: 5n },
      })
    this.advance()
  }

  ok(from: Agent, payload: Payload, sending = {}): Outcome {
    const outcome = this.send(from, payload, sending)
    if (outcome.code !== 'OK') throw new Error(`${payload.kind}: ${outcome.code} ${outcome.message}`)
    return outcome
  }

  #open(from: Agent, to: Agent) {
    const keys = [keyOf(from), keyOf(to)]
    const terms = {
      parties: [from.address, to.address],
      keys: keys.map((key) => key.publicKey),
      deposits: [100n, 0n],
      reserve: 0n,
      challengePeriod: 1n,
      nonce: this.nonce(from.address),
    }
    this.ok(from, {
      kind: 'channels.open',
      body: { terms, signatures: sign(openingState(FRAME, terms), keys) },
    })
    const channel = channelId(FRAME, terms)
    return (sequence: bigint, final = false, paid = 40n) => {
      const state: ChannelState = {
        ...openingState(FRAME, terms),
        sequence,
        final,
        balances: [100n - paid, paid],
      }
      return { channel, state, signatures: sign(state, keys) }
    }
  }

  /** `from` buys from `to` and both close; the fee is burned in full by the gas charged before. */
  buy(from: Agent, to: Agent, { fee = 1_000n, paid = 40n } = {}): Hash {
    const evidence = this.#open(from, to)(1n, true, paid)
    const body = { channel: evidence.channel, state: evidence.state, signatures: evidence.signatures }
    this.ok(from, { kind: 'channels.closeCooperative', body }, { fee, gasLimit: 100_000n })
    return evidence.channel
  }

  /** `from` closes with an old state and is proven stale; takes 23 heights. */
  cheat(from: Agent, to: Agent): void {
    const evidence = this.#open(from, to)
    this.ok(from, { kind: 'channels.closeUnilateral', body: { ...evidence(1n), party: 0 } })
    this.ok(to, { kind: 'channels.challenge', body: { ...evidence(9n), party: 1 } })
    for (let i = 0; i < 23; i++) this.advance()
    this.ok(to, { kind: 'channels.settle', body: { channel: evidence(1n).channel } })
  }

  attest(from: Agent, channel: Hash, rating: number, latencyMs?: number): Outcome {
    const body = { channel, rating, ...(latencyMs === undefined ? {} : { latencyMs }) }
    return this.send(from, { kind: 'reputation.attest', body }, { fee: 500n, gasLimit: 10_000n })
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
    const place = this.record(epoch)
    if (place === undefined) throw new Error(`epoch ${epoch} is not sealed`)
    const pages = readPages((namespace, key) => this.get(namespace, key), place)
    return computeEpoch(FRAME, decodeInput(Number(epoch), pages), scoringParametersOf(this.trust))
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
