/**
 * The epoch job (TRU-011). When the ledger seals an epoch, the node computes its scores off the hot path; if the operator wants
 * it, it publishes the root and challenges a wrong one; it serves proofs under the final root, and says so if it cannot reproduce it.
 *
 *   sealed ─▶ compute ─▶ nobody has published?   publish    (publishScores)
 *                    └─▶ another root published?  challenge (publishScores)
 *                    └─▶ final?                   serve, or report a mismatch
 *
 * Everything here is a cache: what counts is in the state, and a restarted node computes it anew from there.
 */
import {
  type Ledger,
  readHead,
  readPage,
  readPages,
  scoringParametersOf,
  TransactionCandidate,
} from '@symbolon/ledger'
import {
  type Address,
  decode,
  encode,
  equalBytes,
  type Hash,
  hashKey,
  SymbolonError,
} from '@symbolon/primitives'
import {
  encodeTransaction,
  type LedgerEvent,
  type Payload,
  type Signer,
  signTransaction,
  TRUST_STATUS,
  type TransactionBody,
  type TrustEpoch,
  type TrustFinal,
  type TrustHead,
  transactionId,
  trustEpoch,
  trustEpochKey,
  trustParametersOf,
} from '@symbolon/protocol'
import { parametersDigest, scoreProof, TRUST_DIMENSIONS } from '@symbolon/reputation'
import type { Logger } from 'pino'
import { SCORE_ATTEMPTS_MAX, SCORE_GAS_MARGIN, SCORE_VALIDITY_HEIGHTS } from '../limits.ts'
import type { Mempool } from '../mempool/mempool.ts'
import { minimumFee } from '../mempool/minimum-fee.ts'
import type { NodeMetrics } from '../metrics/metrics.ts'
import { computeScores } from './compute.ts'
import type { EpochScores } from './epoch-scores.ts'
import { deciles, gini } from './statistics.ts'

export interface ScorerOptions {
  readonly ledger: Ledger
  readonly mempool: Mempool<TransactionCandidate>
  /** Who publishes and challenges, and pays for it; absent if the operator does not want to. */
  readonly account?: { readonly address: Address; readonly signer: Signer }
  readonly submit: (bytes: Uint8Array) => Promise<unknown>
  readonly metrics: NodeMetrics
  readonly log: Logger
}

/** The last attempt to have a transaction for an epoch included. */
interface Attempt {
  readonly number: number
  readonly nonce: bigint
  /** Absent if it was refused. */
  readonly id?: Hash
  /** Height from which on the next attempt is made, at the latest if this one was accepted. */
  readonly until: bigint
}

/** Events after which there may be something to do. */
const RELEVANT = new Set<string>(['reputation.sealed', 'reputation.published', 'reputation.final'])

export class EpochScorer {
  readonly #options: ScorerOptions
  /** By hexadecimal input digest: the final epoch's and the sealed one's. */
  readonly #known = new Map<string, EpochScores>()
  /** By kind and epoch. Accepted is not included: it can be evicted or outbid, which is what somebody who published a wrong root would pay for. */
  readonly #sent = new Map<string, Attempt>()
  /** Something is not settled: to be looked at after every block. */
  #retry = false
  /** In a row, of the whole job. */
  #failures = 0
  /** The final epoch that was measured. */
  #measured: string | undefined
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #again = false

  constructor(options: ScorerOptions) {
    this.#options = options
  }

  start(): void {
    this.#wake()
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** To be told of every final block. */
  observe(events: readonly LedgerEvent[]): void {
    if (this.#retry || events.some(({ type }) => RELEVANT.has(type))) this.#wake()
  }

  /** Resolves when there is nothing left to compute for the newest checkpoint. */
  settled(): Promise<void> {
    return this.#running
  }

  head(): TrustHead {
    const { ledger } = this.#options
    return readHead({ read: (namespace, key) => ledger.get(namespace, key) })
  }

  record(epoch: bigint): TrustEpoch | undefined {
    const stored = this.#options.ledger.get('reputation', trustEpochKey(epoch))
    return stored === undefined ? undefined : decode(trustEpoch, stored)
  }

  /**
   * The newest final scores; undefined if the frame has none yet. Errors: SCORES_NOT_READY, SCORES_MISMATCH (the final root is
   * not what its input gives: it was wrong, and nobody challenged it in time).
   */
  final(): EpochScores | undefined {
    const { final } = this.head()
    if (final === undefined) return undefined
    const scores = this.#known.get(nameOf(final))
    if (scores === undefined)
      throw new SymbolonError(
        'SCORES_NOT_READY',
        'the node is computing the scores of the final epoch: try again',
      )
    if (!equalBytes(scores.root, final.root))
      throw new SymbolonError(
        'SCORES_MISMATCH',
        `the final root of epoch ${final.epoch} does not follow from its input: wait for the next epoch`,
      )
    return scores
  }

  /** Canonical CBOR of the proof of the agent's score, or of its absence. Errors: those of `final`. */
  prove(of: Address): { readonly scores: EpochScores; readonly proof: Uint8Array } | undefined {
    const scores = this.final()
    return scores === undefined ? undefined : { scores, proof: encode(scoreProof, scores.tree.prove(of)) }
  }

  /** A page of the input of a sealed epoch. Errors: EPOCH_UNKNOWN, EPOCH_INPUT_REPLACED. */
  page(
    epoch: bigint,
    part: 'nodes' | 'edges',
    page: number,
  ): { record: TrustEpoch; page: Uint8Array | undefined } {
    const record = this.record(epoch)
    if (record === undefined)
      throw new SymbolonError('EPOCH_UNKNOWN', `the state has no record of epoch ${epoch}`)
    const { sealed, final } = this.head()
    if (sealed?.epoch !== epoch && final?.epoch !== epoch)
      throw new SymbolonError(
        'EPOCH_INPUT_REPLACED',
        `the input of epoch ${epoch} has made room for a later one`,
      )
    const { ledger } = this.#options
    return {
      record,
      page: readPage((namespace, key) => ledger.get(namespace, key), record.slot, part, page),
    }
  }

  #pages(place: Pick<TrustEpoch, 'slot' | 'nodes' | 'edges'>) {
    return readPages((namespace, key) => this.#options.ledger.get(namespace, key), place)
  }

  #wake(): void {
    if (this.#stopping.signal.aborted || this.#again) return
    this.#again = true
    this.#running = this.#running.then(async () => {
      this.#again = false
      this.#retry = false
      try {
        await this.#advance()
        this.#failures = 0
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        this.#options.log.error({ err: error }, 'the epoch job failed')
        // A thread may have died for want of memory: an epoch must not be missed for that.
        this.#failures++
        this.#retry = this.#failures < SCORE_ATTEMPTS_MAX
      }
    })
  }

  async #advance(): Promise<void> {
    const { sealed, final } = this.head()
    const record = sealed === undefined ? undefined : this.record(sealed.epoch)
    const wanted = [
      ...(final === undefined ? [] : [{ ...final, nodes: final.count }]),
      ...(record === undefined || record.status === TRUST_STATUS.missed ? [] : [record]),
    ]
    const names = new Set(wanted.map(nameOf))
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name)
    for (const key of this.#sent.keys())
      if (!names.has(key.slice(key.indexOf(' ') + 1))) this.#sent.delete(key)
    for (const place of wanted) if (!this.#known.has(nameOf(place))) await this.#compute(place)
    if (this.#stopping.signal.aborted) return
    this.#measure(final)
    if (record !== undefined) await this.#act(record.epoch)
  }

  async #compute(
    place: Pick<TrustEpoch, 'epoch' | 'slot' | 'nodes' | 'edges' | 'inputDigest'>,
  ): Promise<void> {
    const { ledger, metrics, log } = this.#options
    const started = performance.now()
    // Read in one turn: the pages are of one checkpoint, and stay what they are while the epoch is open or final.
    const task = {
      frame: ledger.frame,
      epoch: Number(place.epoch),
      pages: this.#pages(place),
      parameters: scoringParametersOf(trustParametersOf(ledger.genesis.parameters)),
    }
    const scores = await computeScores(task, this.#stopping.signal)
    if (!equalBytes(scores.inputDigest, place.inputDigest))
      throw new Error(`the pages of epoch ${place.epoch} are not those of its record`)
    this.#known.set(nameOf(place), scores)
    const seconds = (performance.now() - started) / 1_000
    metrics.epochSeconds.observe(seconds)
    log.info(
      { epoch: place.epoch.toString(), agents: place.nodes, relations: place.edges, ms: seconds * 1_000 },
      'scored',
    )
  }

  /** Publishes or challenges, if the operator wants to and it is not done already. */
  async #act(epoch: bigint): Promise<void> {
    // As it stands now: computing took a while.
    const record = this.record(epoch)
    const scores = record === undefined ? undefined : this.#known.get(nameOf(record))
    if (this.#options.account === undefined || record === undefined || scores === undefined) return
    const { status, publication, slot, nodes, edges, inputDigest } = record
    const { root } = scores
    if (status === TRUST_STATUS.sealed) {
      const rules = scoringParametersOf(trustParametersOf(this.#options.ledger.genesis.parameters))
      await this.#send(nameOf(record), {
        kind: 'reputation.publish',
        body: { epoch, inputDigest, parametersDigest: parametersDigest(rules), root, count: nodes },
      })
    } else if (
      status === TRUST_STATUS.published &&
      publication !== undefined &&
      !equalBytes(publication.root, root)
    ) {
      this.#options.log.warn({ epoch: epoch.toString() }, 'a wrong root was published: challenging it')
      await this.#send(nameOf(record), {
        kind: 'reputation.challenge',
        body: { epoch, slot, nodes, edges, root },
      })
    }
  }

  async #send(name: string, payload: Payload): Promise<void> {
    const { account, submit, log, ledger, mempool } = this.#options
    if (account === undefined) return
    const key = `${payload.kind} ${name}`
    const last = this.#sent.get(key)
    if (last !== undefined) {
      const { nonce } = ledger.account(account.address, hashKey(account.address))
      // It was included and failed: the ledger has said why, and would say it again.
      if (last.id !== undefined && nonce > last.nonce) return
      if (last.number >= SCORE_ATTEMPTS_MAX) return
      this.#retry = true
      if (last.id === undefined ? ledger.height < last.until : mempool.has(last.id)) return
    }
    const number = (last?.number ?? 0) + 1
    this.#retry = true
    const nonce = mempool.nextNonce(account.address)
    // Refused ones wait for 1, 2, 4, 8 blocks, so that a short flood does not use all attempts up.
    const until = ledger.height + (1n << BigInt(number - 1))
    this.#sent.set(key, { number, nonce, until })
    try {
      const { id, bytes } = await this.#signed(account, payload, nonce, number)
      await submit(bytes)
      this.#sent.set(key, { number, nonce, until, id })
    } catch (error) {
      log.warn({ err: error, kind: payload.kind }, 'a transaction of the epoch job was refused')
    }
  }

  async #signed(
    { address, signer }: { address: Address; signer: Signer },
    payload: Payload,
    nonce: bigint,
    attempt: number,
  ): Promise<{ id: Hash; bytes: Uint8Array }> {
    const { ledger } = this.#options
    const bodyWith = (gasLimit: bigint): TransactionBody => ({
      frame: ledger.frame,
      sender: address,
      nonce,
      fee: minimumFee(gasLimit, ledger.genesis.parameters) << BigInt(attempt - 1),
      gasLimit,
      validUntil: ledger.height + SCORE_VALIDITY_HEIGHTS,
      payload,
    })
    // What it costs follows from the transaction alone; a first one tells how much.
    const measured = TransactionCandidate.of(await signTransaction(bodyWith(1_000_000_000n), [signer]))
    const gas = measured.plan(ledger.registry)?.gas ?? 0n
    const body = bodyWith(gas + SCORE_GAS_MARGIN)
    return { id: transactionId(body), bytes: encodeTransaction(await signTransaction(body, [signer])) }
  }

  #measure(final: TrustFinal | undefined): void {
    const { metrics } = this.#options
    const scores = final === undefined ? undefined : this.#known.get(nameOf(final))
    if (final === undefined || scores === undefined || this.#measured === nameOf(final)) return
    this.#measured = nameOf(final)
    metrics.trustEpoch.set(Number(final.epoch))
    metrics.trustMismatch.set(equalBytes(scores.root, final.root) ? 0 : 1)
    for (const dimension of TRUST_DIMENSIONS) {
      const figures = scores.vectors.map((vector) => vector[dimension])
      for (const [decile, count] of deciles(figures).entries())
        metrics.trustAgents.set({ dimension, decile: String(decile) }, count)
      metrics.trustGini.set({ dimension }, gini(figures))
    }
  }
}

function nameOf({ inputDigest }: { readonly inputDigest: Hash }): string {
  return Buffer.from(inputDigest).toString('hex')
}
