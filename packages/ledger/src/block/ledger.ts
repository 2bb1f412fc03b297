/**
 * The ledger of a frame: the last committed checkpoint, and the ways to the next.
 *
 *   propose ─┐
 *            ├─ ExecutedBlock ── (votes) ── commit
 *   apply  ──┘
 *
 * `propose` and `apply` change nothing: any number of blocks may be executed on top of the committed one, and one of them
 * committed; the others are void then. Reads and proofs always answer for the committed checkpoint.
 */
import { type Address, type Hash, hashKey } from '@symbolon/primitives'
import {
  type AccountRecord,
  type Block,
  blockHash,
  EMPTY_LOG_ROOT,
  frameId,
  type Genesis,
  type Header,
  NAMESPACES,
  type Namespace,
  type PrefixProof,
  STATE_KEY_BYTES_MAX,
  type Supply,
  stateRoot,
  type TrieProof,
  type Validator,
  validatorSetHash,
} from '@symbolon/protocol'
import { BlockError } from '../error.ts'
import { type Executor, inlineExecutor } from '../execution/executor.ts'
import type { LedgerModule } from '../module.ts'
import { ModuleRegistry } from '../module-registry.ts'
import { MODULES } from '../modules.ts'
import { CommittedState } from '../state/committed-state.ts'
import { type FlatState, MemoryFlatState, type StateChanges } from '../state/flat-state.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import {
  checkTransaction,
  type InclusionRefusal,
  type InclusionRules,
  type SenderView,
} from '../transaction/check.ts'
import { inlineSignatureVerifier, type SignatureVerifier } from '../transaction/signature-verifier.ts'
import { keysUnder } from '../trie/keys-under.ts'
import { prove, provePrefix } from '../trie/prove.ts'
import { Trie, type TrieStage } from '../trie/trie.ts'
import { attestorsOf } from './attestors.ts'
import { decodeCandidates, mismatch, requireField, requireSameHeader } from './comparison.ts'
import { type BlockExecution, executeBlock } from './execute-block.ts'
import type { ExecutedBlock, ProposedBlock, SkippedTransaction } from './executed-block.ts'
import { executeGenesis, genesisSeed } from './genesis-block.ts'
import { logRoot } from './log-root.ts'
import { blockRoom } from './selection.ts'

export interface LedgerOptions {
  readonly genesis: Genesis
  /** Where the state is read from; empty for a new frame. In memory by default. */
  readonly state?: FlatState
  /** Header of the last block that `state` contains; absent for a new frame. */
  readonly head?: Header
  readonly modules?: readonly LedgerModule[]
  readonly executor?: Executor
  readonly verifier?: SignatureVerifier
}

/** The validators that a block names, and who attested its parent. By default the genesis set, and nobody. */
export interface BlockValidators {
  readonly validators?: readonly Validator[]
  readonly nextValidators?: readonly Validator[]
  /** The set that voted on the parent: `attestors` of the block counts in it. */
  readonly parentValidators?: readonly Validator[]
}

export interface Proposal extends BlockValidators {
  readonly transactions: readonly TransactionCandidate[]
  readonly proposer: Address
  /** Unix milliseconds; raised to the parent's timestamp if it is earlier. */
  readonly timestamp: bigint
  /** Must be the committed height plus one. */
  readonly height: bigint
  readonly round: number
  readonly seed: Hash
  readonly vrfProof: Uint8Array
  /** Bitmap over `parentValidators`, see Block. */
  readonly attestors?: Uint8Array
}

const KEY_BYTES_MAX: Readonly<Record<Namespace, number>> = {
  accounts: 33,
  storage: STATE_KEY_BYTES_MAX,
  identity: STATE_KEY_BYTES_MAX,
  channels: 33,
  reputation: 33,
}

const NO_ACCOUNT: Readonly<AccountRecord> = Object.freeze({ balance: 0n, nonce: 0n })

export class Ledger {
  readonly genesis: Genesis
  readonly frame: Hash
  /** What block 0 did; to be stored and indexed like any other by the owner of a new frame. */
  readonly genesisBlock: ExecutedBlock
  readonly registry: ModuleRegistry
  readonly #executor: Executor
  readonly #verifier: SignatureVerifier
  readonly #tries: Readonly<Record<Namespace, Trie>>
  readonly #state: CommittedState
  readonly #flat: FlatState
  /** What `check` looks at, made once and not per transaction. */
  readonly #view: SenderView = {
    account: (address, key) => this.#state.account(key, address) ?? NO_ACCOUNT,
    identity: (address, key) => this.#state.identity(key, address),
  }
  #head: Header
  #headHash: Hash
  /** Rules of the block after the committed one. */
  #nextRules: InclusionRules

  private constructor(options: LedgerOptions, frame: Hash) {
    this.genesis = options.genesis
    this.frame = frame
    this.registry = new ModuleRegistry(options.modules ?? MODULES)
    this.#executor = options.executor ?? inlineExecutor
    this.#verifier = options.verifier ?? inlineSignatureVerifier
    this.#flat = options.state ?? new MemoryFlatState()
    this.#state = new CommittedState(this.#flat)
    this.#tries = byNamespace((name) =>
      Trie.fromSorted(KEY_BYTES_MAX[name], options.head === undefined ? [] : this.#flat.entries(name)),
    )
    // The genesis block is executed on empty tries, also when the ledger continues from a later block.
    this.genesisBlock =
      options.head === undefined
        ? this.#executeGenesis()
        : Ledger.create({ genesis: options.genesis }).genesisBlock
    this.#head = options.head ?? this.genesisBlock.header
    this.#headHash = blockHash(this.#head)
    this.#nextRules = this.#rules(this.#head.height + 1n)
    if (options.head === undefined) this.#advance(this.genesisBlock)
    requireField('stateRoot', stateRoot(this.frame, this.namespaceRoots), this.#head.stateRoot)
  }

  /**
   * A new ledger at its genesis, or at `head` with the tries rebuilt from `state` (about 2 µs per entry). Throws
   * GENESIS_INVALID; BLOCK_MISMATCH if `state` is not the state of `head`, or `head` belongs to another frame.
   */
  static create(options: LedgerOptions): Ledger {
    const frame = frameId(options.genesis)
    if (options.head !== undefined) requireField('frame', options.head.frame, frame)
    return new Ledger(options, frame)
  }

  /** Header of the last committed block. */
  get head(): Header {
    return this.#head
  }

  get headHash(): Hash {
    return this.#headHash
  }

  get height(): bigint {
    return this.#head.height
  }

  get supply(): Supply {
    return this.#head.supply
  }

  /** Encoded value at the last committed checkpoint. */
  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    return this.#state.get(namespace, key)
  }

  /** Roots of the committed namespaces in the order of NAMESPACES: every state proof carries them. */
  get namespaceRoots(): Hash[] {
    return NAMESPACES.map((name) => this.#tries[name].hash)
  }

  /** Proof of the key's value or absence under the root of its namespace. */
  prove(namespace: Namespace, key: Uint8Array): TrieProof {
    return prove(this.#tries[namespace], key)
  }

  /** Proof of all keys under the prefix. Throws PREFIX_TOO_LARGE. */
  provePrefix(namespace: Namespace, prefix: Uint8Array): PrefixProof {
    return provePrefix(this.#tries[namespace], prefix)
  }

  /** Keys that start with the prefix, ascending; see keysUnder. */
  keysUnder(namespace: Namespace, prefix: Uint8Array): Iterable<Uint8Array> {
    return keysUnder(this.#tries[namespace], prefix)
  }

  /** May the transaction be in the next block? See checkTransaction; its signatures must have been verified. */
  check(
    candidate: TransactionCandidate,
    options: { gapAllowed?: boolean } = {},
  ): InclusionRefusal | undefined {
    return checkTransaction(candidate, this.#view, this.#nextRules, options)
  }

  /**
   * Balance and nonce at the last committed checkpoint, zeros for an address without an account; `key` is hashKey(address). Not
   * a copy: it shows the next checkpoint once that is committed. `get` and decoding cost 4 µs more.
   */
  account(address: Uint8Array, key: string = hashKey(address)): Readonly<AccountRecord> {
    return this.#view.account(address, key)
  }

  /** Sets `signaturesValid` on each. */
  verifySignatures(candidates: readonly TransactionCandidate[]): Promise<void> {
    return this.#verifier.verify(candidates)
  }

  /**
   * Executes what fits and may be included, in the order given, and says why the rest was left out. Throws BLOCK_HEIGHT,
   * BLOCK_SUPERSEDED; LedgerFault if the ledger's own rules break.
   */
  async propose(proposal: Proposal): Promise<ProposedBlock> {
    if (proposal.height !== this.height + 1n)
      throw new BlockError('BLOCK_HEIGHT', `the next block is ${this.height + 1n}, not ${proposal.height}`)
    const parent = this.#headHash
    await this.#verifier.verify(proposal.transactions)
    const room = blockRoom(this.genesis.parameters.blockGasLimit)
    const fitting: TransactionCandidate[] = []
    const skipped: SkippedTransaction[] = []
    for (const candidate of proposal.transactions)
      if (room.fits(candidate)) fitting.push(candidate)
      else
        skipped.push({
          candidate,
          code: 'BLOCK_FULL',
          message: 'the block has no more room: try the next one',
        })
    let { timestamp } = this.#head
    if (proposal.timestamp > timestamp) timestamp = proposal.timestamp
    const execution = await this.#execute(
      fitting,
      proposal.height,
      proposal.proposer,
      proposal.attestors,
      proposal,
    )
    this.#requireHead(parent)
    const executed = this.#seal(execution, { ...proposal, timestamp }, this.#head)
    return { ...executed, skipped: [...execution.refused, ...skipped] }
  }

  /**
   * Re-executes a block that another validator proposed (CON-053: before voting). Throws BlockError, in this order:
   * BLOCK_MISMATCH (`details.field`: height, parent, frame, timestamp, …), BLOCK_TRANSACTION (one is malformed, or may not be
   * included), BLOCK_FULL (over a bound), BLOCK_SUPERSEDED (another was committed meanwhile), BLOCK_MISMATCH for what execution yields. Whether the proposer may propose, and
   * the seed and its proof, are for consensus to check.
   */
  async apply(block: Block, validators: BlockValidators = {}): Promise<ExecutedBlock> {
    const { header } = block
    requireField('frame', header.frame, this.frame)
    requireField('height', header.height, this.height + 1n)
    requireField('parent', header.parent, this.#headHash)
    if (header.timestamp < this.#head.timestamp)
      throw mismatch('timestamp', header.timestamp, `at least ${this.#head.timestamp}`)
    const candidates = decodeCandidates(block)
    const room = blockRoom(this.genesis.parameters.blockGasLimit)
    if (!candidates.every((candidate) => room.fits(candidate)))
      throw new BlockError(
        'BLOCK_FULL',
        'the block exceeds blockGasLimit, BLOCK_BYTES_MAX or BLOCK_TRANSACTIONS_MAX',
      )
    const parent = this.#headHash
    await this.#verifier.verify(candidates)
    const execution = await this.#execute(
      candidates,
      header.height,
      header.proposer,
      block.attestors,
      validators,
    )
    this.#requireHead(parent)
    const refused = execution.refused[0]
    if (refused !== undefined)
      throw new BlockError(
        'BLOCK_TRANSACTION',
        `transaction ${candidates.indexOf(refused.candidate)} must not be included: ${refused.code}`,
        {
          details: { index: candidates.indexOf(refused.candidate), code: refused.code },
        },
      )
    const executed = this.#seal(
      execution,
      { ...header, ...(block.attestors === undefined ? {} : { attestors: block.attestors }), ...validators },
      this.#head,
    )
    try {
      requireSameHeader(header, executed.header)
    } catch (error) {
      this.discard(executed)
      throw error
    }
    return executed
  }

  /** Makes the block the committed one. Throws BLOCK_MISMATCH if it was executed on top of another. */
  commit(executed: ExecutedBlock): void {
    requireField('parent', executed.header.parent, this.#headHash)
    this.#advance(executed)
  }

  /** Frees what an executed block that will never be committed holds in memory. Committing another block does so too. */
  discard(executed: ExecutedBlock): void {
    for (const name of NAMESPACES) this.#tries[name].discard(executed.stages[name])
  }

  /** The owner's flat state durably contains every block up to `height`: what is cached only for it may be forgotten. */
  flushed(height: bigint): void {
    this.#state.flushed(height)
  }

  async close(): Promise<void> {
    await Promise.all([this.#executor.close(), this.#verifier.close()])
  }

  /** Execution waits for threads; a block committed meanwhile has changed the state under it, and the result is worth nothing. */
  #requireHead(parent: Hash): void {
    if (parent !== this.#headHash)
      throw new BlockError(
        'BLOCK_SUPERSEDED',
        'another block was committed while this one was executed: start again on top of it',
      )
  }

  #rules(height: bigint): InclusionRules {
    return { frame: this.frame, height, parameters: this.genesis.parameters, registry: this.registry }
  }

  #execute(
    candidates: readonly TransactionCandidate[],
    height: bigint,
    proposer: Address,
    attestors: Uint8Array | undefined,
    { validators = this.genesis.validators, parentValidators = validators }: BlockValidators,
  ): Promise<BlockExecution> {
    const { parameters } = this.genesis
    return executeBlock({
      candidates,
      source: this.#state,
      environment: { frame: this.frame, height, epoch: height / parameters.epochLength, parameters },
      rules: this.#rules(height),
      executor: this.#executor,
      supply: this.supply,
      proposer,
      attestors: attestorsOf(parentValidators, attestors),
    })
  }

  #seal(
    execution: BlockExecution,
    proposal: Omit<Proposal, 'transactions'>,
    parent: Header | undefined,
  ): ExecutedBlock {
    const validators = proposal.validators ?? this.genesis.validators
    const { stages, namespaceRoots } = this.#stage(execution.changes)
    const transactions = execution.included.map((candidate) => candidate.bytes)
    const header: Header = {
      frame: this.frame,
      height: proposal.height,
      epoch: proposal.height / this.genesis.parameters.epochLength,
      round: proposal.round,
      parent: parent === undefined ? this.frame : this.#headHash,
      proposer: proposal.proposer,
      timestamp: proposal.timestamp,
      transactionRoot: logRoot(transactions),
      receiptRoot: logRoot(execution.receiptBytes),
      eventRoot: logRoot(execution.eventBytes),
      stateRoot: stateRoot(this.frame, namespaceRoots),
      gasUsed: execution.gasUsed,
      supply: execution.supply,
      seed: proposal.seed,
      vrfProof: proposal.vrfProof,
      validatorSet: validatorSetHash(this.frame, validators),
      nextValidatorSet: validatorSetHash(this.frame, proposal.nextValidators ?? validators),
      evidenceRoot: proposal.attestors === undefined ? EMPTY_LOG_ROOT : logRoot([proposal.attestors]),
    }
    return {
      block: {
        header,
        transactions,
        ...(proposal.attestors === undefined ? {} : { attestors: proposal.attestors }),
      },
      header,
      hash: blockHash(header),
      transactions: execution.included,
      receipts: execution.receipts,
      receiptBytes: execution.receiptBytes,
      events: execution.events,
      eventBytes: execution.eventBytes,
      changes: execution.changes,
      namespaceRoots,
      gasUsed: execution.gasUsed,
      accounts: execution.accounts,
      stages,
    }
  }

  #executeGenesis(): ExecutedBlock {
    const proposer = this.genesis.validators[0]?.address as Address
    return this.#seal(
      executeGenesis(this.genesis),
      {
        proposer,
        timestamp: 0n,
        height: 0n,
        round: 0,
        seed: genesisSeed(this.frame),
        vrfProof: new Uint8Array(0),
      },
      undefined,
    )
  }

  #stage(changes: StateChanges): { stages: Record<Namespace, TrieStage>; namespaceRoots: Hash[] } {
    const stages = byNamespace((name) => this.#tries[name].stage(changes[name]))
    return { stages, namespaceRoots: NAMESPACES.map((name) => stages[name].hash) }
  }

  #advance(executed: ExecutedBlock): void {
    for (const name of NAMESPACES) this.#tries[name].commit(executed.stages[name])
    this.#state.advance(executed.header.height, executed.accounts, executed.changes)
    this.#head = executed.header
    this.#headHash = executed.hash
    this.#nextRules = this.#rules(executed.header.height + 1n)
  }
}

function byNamespace<T>(make: (name: Namespace) => T): Record<Namespace, T> {
  return Object.fromEntries(NAMESPACES.map((name) => [name, make(name)])) as Record<Namespace, T>
}
