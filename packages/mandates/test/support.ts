import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import {
  type Address,
  addressOf,
  asHash,
  Ed25519KeyPair,
  type Hash,
  isSymbolonError,
} from '@symbolon/primitives'
import {
  type ChannelState,
  type ChannelTerms,
  channelId,
  channelStateDigest,
  openingState,
  type Party,
} from '@symbolon/protocol'
import {
  Budget,
  type BudgetOperation,
  Interceptor,
  type InterceptorOptions,
  type Mandate,
  type Moment,
  mandateDigest,
  type SignedMandate,
} from '../src/index.ts'

export const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
export const digest = (fill: number): Hash =>
  asHash(Uint8Array.from({ length: 32 }, (_, i) => (i < 4 ? fill >> (8 * i) : 7) & 255))
export const FRAME = asHash(seed(0xf0))
export const OTHER_FRAME = asHash(seed(0xf1))

export const principal = new Ed25519KeyPair(seed(1))
export const agent = new Ed25519KeyPair(seed(2))
export const agentChannel = new Ed25519KeyPair(seed(3))
export const provider = new Ed25519KeyPair(seed(4))
export const providerChannel = new Ed25519KeyPair(seed(5))
export const stranger = new Ed25519KeyPair(seed(6))
export const worker = new Ed25519KeyPair(seed(7))
export const PRINCIPAL = addressOf(principal.publicKey)
export const AGENT = addressOf(agent.publicKey)
export const PROVIDER = addressOf(provider.publicKey)
export const STRANGER = addressOf(stranger.publicKey)
export const WORKER = addressOf(worker.publicKey)

export const T0 = 1_719_849_600
export const at = (seconds: number, height?: bigint): Moment => ({ seconds: T0 + seconds, height })

export function mandateOf(changes: Partial<Mandate> = {}): Mandate {
  return {
    frame: FRAME,
    issuer: PRINCIPAL,
    delegate: AGENT,
    caps: { total: 500_000n },
    windows: [],
    expiresAt: BigInt(T0 + 86_400),
    margin: 0,
    nonce: new Uint8Array(16),
    ...changes,
  }
}

export function signed(mandate: Mandate, by: Ed25519KeyPair = principal): SignedMandate {
  return { mandate, publicKey: by.publicKey, signature: by.sign(mandateDigest(mandate)) }
}

/** A budget that keeps its operations in memory. */
export function budgetOf(...chain: SignedMandate[]): {
  budget: Budget
  operations: BudgetOperation[]
  leaf: Hash
} {
  const operations: BudgetOperation[] = []
  const budget = new Budget({
    frame: FRAME,
    principal: PRINCIPAL,
    record: (operation) => void operations.push(operation),
  })
  let leaf: Hash | undefined
  for (const one of chain) leaf = budget.add(one, at(0))
  if (leaf === undefined) throw new Error('a budget needs a mandate')
  return { budget, operations, leaf }
}

export function termsOf(changes: Partial<ChannelTerms> = {}): ChannelTerms {
  return {
    parties: [AGENT, PROVIDER],
    keys: [agentChannel.publicKey, providerChannel.publicKey],
    deposits: [100_000n, 0n],
    reserve: 0n,
    challengePeriod: 100n,
    nonce: 0n,
    ...changes,
  }
}

/** The state after `previous` in which our side (party 0) has paid `amount` to the other. */
export function paid(
  previous: ChannelState,
  amount: bigint,
  changes: Partial<ChannelState> = {},
): ChannelState {
  const [own = 0n, other = 0n] = previous.balances
  return {
    ...previous,
    sequence: previous.sequence + 1n,
    balances: [own - amount, other + amount],
    ...changes,
  }
}

export const opening = (terms: ChannelTerms): ChannelState => openingState(FRAME, terms)
export const idOf = (terms: ChannelTerms): Hash => channelId(FRAME, terms)
export const countersignature = (state: ChannelState): Uint8Array =>
  providerChannel.sign(channelStateDigest(FRAME, state))

export interface World {
  interceptor: Interceptor
  journal: Journal
  fileSystem: SimulatedFileSystem
  clock: { seconds: number }
  /** Opens another interceptor on what the disk holds, as after a crash. */
  reopen: () => Promise<World>
}

export async function worldOf(
  mandate: Mandate = mandateOf(),
  options: Partial<InterceptorOptions> = {},
  fileSystem = new SimulatedFileSystem(),
  clock = { seconds: T0 },
): Promise<World> {
  const journal = Journal.open({ directory: '/audit', fileSystem, salt: () => 1, segmentBytesMax: 65_536 })
  const interceptor = await Interceptor.open({
    frame: FRAME,
    principal: PRINCIPAL,
    chain: [signed(mandate)],
    seeds: { account: seed(2), channel: seed(3) },
    journal,
    clock: () => clock.seconds,
    disputeBond: 1_000n,
    ...options,
  })
  const reopen = async (): Promise<World> => {
    fileSystem.restart('power', () => 0)
    return worldOf(mandate, { ...options, seeds: { account: seed(2), channel: seed(3) } }, fileSystem, clock)
  }
  return { interceptor, journal, fileSystem, clock, reopen }
}

/** The code of the error that the call throws or rejects with. */
export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  return 'OK'
}

export const counterparty = (party: Party): Address => (party === 0 ? PROVIDER : AGENT)
