/**
 * The composition root: a standalone frame node. It wires store, ledger, mempool, producer and listener together and owns
 * their start and stop; it holds no rule of its own.
 *
 *   bytes ─▶ submission ─▶ mempool ─▶ producer ─▶ ledger ─▶ store (durable) ─▶ answers, subscriptions, metrics
 */
import { readFileSync } from 'node:fs'
import {
  createSignaturePool,
  type Executor,
  inlineSignatureVerifier,
  type SignatureVerifier,
  type TransactionCandidate,
} from '@symbolon/ledger'
import { addressOf, decode, equalBytes, type Hash, SymbolonError } from '@symbolon/primitives'
import {
  type Genesis,
  identityKey,
  identityRecord,
  type LedgerEvent,
  type Receipt,
  type Signer,
  supplyDelta,
  type Validator,
} from '@symbolon/protocol'
import { FrameStore } from '@symbolon/store'
import type { Logger } from 'pino'
import type { NodeConfig } from './config.ts'
import { createLogger } from './logger.ts'
import { type AccountView, Mempool } from './mempool/mempool.ts'
import { NodeMetrics } from './metrics/metrics.ts'
import { BlockProducer } from './production/producer.ts'
import { SoleValidator, type ValidatorKeys } from './production/validator.ts'
import { EpochScorer } from './reputation/scorer.ts'
import { slashesOf } from './reputation/slashes.ts'
import { REST_ALIASES } from './rpc/aliases.ts'
import { Dispatcher } from './rpc/dispatcher.ts'
import type { HandlerContext } from './rpc/handlers/context.ts'
import { frameHandlers } from './rpc/handlers/frame.ts'
import { reputationHandlers } from './rpc/handlers/reputation.ts'
import { stateHandlers } from './rpc/handlers/state.ts'
import { transactionHandlers } from './rpc/handlers/transactions.ts'
import { RpcServer } from './rpc/server.ts'
import { Subscriptions } from './rpc/subscriptions.ts'
import { Submission } from './submission.ts'

export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version

export interface NodeDependencies {
  readonly keys: ValidatorKeys
  /** Who checks signatures; by default as `verifierThreads` says. The node closes it. */
  readonly verifier?: SignatureVerifier
  readonly executor?: Executor
  /** Unix milliseconds. */
  readonly clock?: () => number
  readonly log?: Logger
  /** The genesis key of the account that pays for what the node sends by itself; needed with `publishScores`. */
  readonly account?: Signer
}

export class FrameNode {
  readonly store: FrameStore
  readonly mempool: Mempool<TransactionCandidate>
  readonly metrics: NodeMetrics
  readonly log: Logger
  /** HTTP address, once started. */
  url = ''
  readonly #producer: BlockProducer
  readonly #submission: Submission
  readonly #server: RpcServer
  /** The epoch job; its results are what score proofs and searches by trust are made of. */
  readonly scores: EpochScorer
  #ready = false
  #stopped: Promise<void> | undefined

  private constructor(config: NodeConfig, store: FrameStore, dependencies: NodeDependencies) {
    const { keys, clock = Date.now } = dependencies
    const { ledger } = store
    this.store = store
    this.metrics = new NodeMetrics()
    this.log = dependencies.log ?? createLogger(config.logLevel)
    this.mempool = new Mempool(accountView(store), ledger.genesis.parameters)
    const subscriptions = new Subscriptions()
    this.metrics.live.subscriptions = () => subscriptions.size
    this.#submission = new Submission({
      ledger,
      mempool: this.mempool,
      find: (id) => findOutcome(store, id),
      wake: () => this.#producer.wake(),
    })
    this.scores = new EpochScorer({
      ledger,
      mempool: this.mempool,
      submit: (bytes) => this.#submission.accept(bytes),
      metrics: this.metrics,
      log: this.log,
      ...(config.publishScores === true && dependencies.account !== undefined
        ? { account: { address: addressOf(dependencies.account.publicKey), signer: dependencies.account } }
        : {}),
    })
    this.#producer = new BlockProducer({
      ledger,
      mempool: this.mempool,
      validator: new SoleValidator(keys),
      append: (executed, checkpoint) => store.append(executed, checkpoint),
      onFinal: (executed, checkpoint) => {
        this.#submission.included(executed.receipts, executed.header.height)
        const { hash, receipts, events } = executed
        this.#observe(() => subscriptions.publish({ checkpoint, hash, receipts, events }))
        this.#observe(() => this.#count(receipts, events))
        this.#observe(() => this.scores.observe(events))
      },
      onDropped: (candidate, code, message) => this.#submission.dropped(candidate, code, message),
      onFailed: () => {
        this.metrics.producing.set(0)
        this.#submission.close(
          new SymbolonError(
            'NODE_FAILED',
            'the node has stopped making blocks; whether this transaction is final is known when it is back',
          ),
        )
      },
      batchWindowMs: config.batchWindowMs,
      heartbeatMs: config.heartbeatMs,
      clock,
      metrics: this.metrics,
      log: this.log,
    })
    const context: HandlerContext = {
      store,
      ledger,
      mempool: this.mempool,
      submission: this.#submission,
      subscriptions,
      scores: this.scores,
      version: VERSION,
    }
    const dispatcher = new Dispatcher(
      {
        ...frameHandlers(context),
        ...transactionHandlers(context),
        ...stateHandlers(context),
        ...reputationHandlers(context),
      },
      {
        called: (method, code, durationMs) => {
          this.metrics.rpcCalls.inc({ method, code })
          this.metrics.rpcSeconds.observe({ method }, durationMs / 1_000)
        },
        failed: (method, error) => this.log.error({ err: error, method }, 'call failed'),
      },
    )
    this.#server = new RpcServer({
      host: config.host,
      port: config.port,
      version: VERSION,
      dispatcher,
      aliases: REST_ALIASES,
      metrics: this.metrics,
      log: this.log,
      identity: (of) => {
        const stored = ledger.get('identity', identityKey(of))
        return stored === undefined ? undefined : decode(identityRecord, stored)
      },
      isReady: () => this.#ready && this.#producer.failure === undefined,
      ...(config.hostNames === undefined ? {} : { hostNames: config.hostNames }),
      ...(config.origins === undefined ? {} : { origins: config.origins }),
      ...(config.limits === undefined ? {} : { limits: config.limits }),
    })
  }

  /**
   * Opens the store (recovering what a crash left), and makes the checkpoint of the genesis block for a new frame.
   * Errors: NODE_ACCOUNT_MISSING (`publishScores` without an account's key); those of `FrameStore.open`;
   * NODE_NOT_VALIDATOR if the keys are not those of the frame's validator.
   */
  static async open(config: NodeConfig, dependencies: NodeDependencies): Promise<FrameNode> {
    if (config.publishScores === true && dependencies.account === undefined)
      throw new SymbolonError(
        'NODE_ACCOUNT_MISSING',
        'publishing scores takes the key of an account, which posts the bonds: pass it as `account`',
      )
    const store = await FrameStore.open({
      directory: config.directory,
      genesis: config.genesis,
      verifier: dependencies.verifier ?? verifierOf(config),
      ...(dependencies.executor === undefined ? {} : { executor: dependencies.executor }),
    })
    try {
      requireSoleValidator(store.genesis, dependencies.keys)
      if (store.checkpoint(0n) === undefined) {
        const { genesisBlock, frame } = store.ledger
        await store.append(
          genesisBlock,
          new SoleValidator(dependencies.keys).certify(frame, genesisBlock.header),
        )
      }
      return new FrameNode(config, store, dependencies)
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** Listens and starts making blocks. If it cannot listen (the error of the socket, such as EADDRINUSE), it stops as a whole. */
  async start(): Promise<void> {
    try {
      this.url = (await this.#server.listen()).url
    } catch (error) {
      await this.stop()
      throw error
    }
    const { url } = this
    this.#producer.start()
    this.metrics.producing.set(1)
    this.scores.start()
    this.#ready = true
    this.log.info(
      {
        url,
        frame: Buffer.from(this.store.ledger.frame).toString('hex'),
        height: this.store.ledger.height.toString(),
      },
      'node started',
    )
  }

  /**
   * Takes a transaction as `transaction.submit` does, for who embeds a node; resolves when it waits for a block. Errors: those of
   * `Submission.accept`.
   */
  submit(bytes: Uint8Array): Promise<TransactionCandidate> {
    return this.#submission.accept(bytes)
  }

  /**
   * Graceful: not ready, new requests are refused, the block under way finishes and its submitters are answered, the others are
   * told NODE_STOPPING, everything is flushed and closed. May be called again: it stops once.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#ready = false
    this.#server.refuse()
    await this.scores.stop()
    await this.#producer.stop()
    this.metrics.producing.set(0)
    this.#submission.close(
      new SymbolonError('NODE_STOPPING', 'the node is stopping; ask for the receipt when it is back'),
    )
    await this.#server.close()
    await this.store.close()
    this.log.info('node stopped')
  }

  /** Telling others about a final block must not be able to stop the next one. */
  #observe(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      this.log.error({ err: error }, 'an observer of the checkpoint failed')
    }
  }

  #count(receipts: readonly { code: string; gasUsed: bigint }[], events: readonly LedgerEvent[]): void {
    const { metrics, mempool, store } = this
    for (const { code, gasUsed } of receipts) {
      metrics.transactions.inc({ code })
      metrics.gasUsed.inc(Number(gasUsed))
    }
    for (const kind of slashesOf(events)) metrics.slashes.inc({ kind })
    metrics.blockTransactions.observe(receipts.length)
    metrics.height.set(Number(store.ledger.height))
    metrics.mempoolTransactions.set(mempool.size)
    metrics.mempoolBytes.set(mempool.bytes)
    for (const [reason, count] of Object.entries(mempool.counts))
      metrics.mempoolEvictions.set({ reason }, count)
    metrics.supplyDelta.set(Number(supplyDelta(store.ledger.supply)))
  }
}

function accountView({ ledger }: FrameStore): AccountView {
  return {
    account: (of, key) => ledger.account(of, key),
    height: () => ledger.height,
  }
}

/** Threads need the native providers installed in each of them. */
function verifierOf({ verifierThreads }: NodeConfig): SignatureVerifier {
  if (verifierThreads === 0) return inlineSignatureVerifier
  return createSignaturePool({
    workers: verifierThreads,
    installer: { module: import.meta.resolve('@symbolon/native'), install: 'installNativeProviders' },
  })
}

function findOutcome(store: FrameStore, id: Hash): { height: bigint; receipt: Receipt } | undefined {
  const place = store.transaction(id)
  const receipt = place === undefined ? undefined : store.block(place.height)?.receipt(place.index)
  return place === undefined || receipt === undefined ? undefined : { height: place.height, receipt }
}

function requireSoleValidator(genesis: Genesis, keys: ValidatorKeys): void {
  const [first, second] = genesis.validators as [Validator, Validator | undefined]
  if (
    second !== undefined ||
    !equalBytes(first.voteKey, keys.vote.publicKey) ||
    !equalBytes(first.address, keys.address)
  )
    throw new SymbolonError(
      'NODE_NOT_VALIDATOR',
      'this node produces blocks for standalone frames: the genesis must name exactly one validator, with the keys of this node',
    )
}
