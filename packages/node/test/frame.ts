/** A running node for tests: real folder, real HTTP on a free port of 127.0.0.1, deterministic keys. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installNativeProviders } from '@symbolon/native'
import {
  type Address,
  addressOf,
  BlsKeyPair,
  Ed25519KeyPair,
  fromJson,
  type Hash,
  type Infer,
  sha256,
  toHex,
  toJson,
  utf8,
  VrfKeyPair,
} from '@symbolon/primitives'
import {
  DEFAULT_PARAMETERS,
  encodeTransaction,
  frameId,
  type Genesis,
  METHODS,
  type MethodName,
  type Parameters,
  type Payload,
  type TransactionBody,
  transactionId,
} from '@symbolon/protocol'
import { onTestFinished } from 'vitest'
import {
  FrameNode,
  NODE_DEFAULTS,
  type NodeConfig,
  type NodeDependencies,
  SoleValidator,
} from '../src/index.ts'

installNativeProviders()

export const UNIT = 1_000_000_000n
export const FEE = UNIT / 100n
export const ENDOWMENT = 10_000n * UNIT

export interface Actor {
  readonly keys: Ed25519KeyPair
  readonly address: Address
}

export function actor(name: string): Actor {
  const keys = new Ed25519KeyPair(sha256(utf8(name)))
  return { keys, address: addressOf(keys.publicKey) }
}

export const alice = actor('alice')
export const bob = actor('bob')
export const carol = actor('carol')
/** Owns nothing until somebody pays it. */
export const nobody = actor('nobody')

export const VALIDATOR_KEYS = {
  address: actor('validator').address,
  vote: new BlsKeyPair(sha256(utf8('vote'))),
  vrf: new VrfKeyPair(sha256(utf8('vrf'))),
}

export function genesisOf(parameters: Partial<Parameters> = {}, salt = 'salt'): Genesis {
  return {
    name: 'test',
    salt: sha256(utf8(salt)),
    parameters: { ...DEFAULT_PARAMETERS, registrationBond: UNIT, ...parameters },
    validators: [new SoleValidator(VALIDATOR_KEYS).entry(1_000n)],
    allocations: [alice, bob, carol].map(({ address }) => ({ address, amount: ENDOWMENT })),
  }
}

export const GENESIS = genesisOf()
export const FRAME = frameId(GENESIS)

export interface Signing extends Partial<TransactionBody> {
  readonly cosigners?: readonly Actor[]
  readonly signer?: Actor
}

/** Canonical bytes and identifier of a signed transaction. */
export function sign(
  sender: Actor,
  nonce: bigint,
  payload: Payload,
  { cosigners = [], signer = sender, ...change }: Signing = {},
): { bytes: Uint8Array; id: Hash } {
  const body: TransactionBody = {
    frame: FRAME,
    sender: sender.address,
    nonce,
    fee: FEE,
    gasLimit: 10_000_000n,
    validUntil: 1_000_000n,
    payload,
    ...change,
  }
  const id = transactionId(body)
  const signatures = [signer, ...cosigners].map(({ keys }) => ({
    publicKey: keys.publicKey,
    signature: keys.sign(id),
  }))
  return { bytes: encodeTransaction({ body, signatures }), id }
}

export function pay(to: Actor, amount: bigint): Payload {
  return { kind: 'accounts.transfer', body: { to: to.address, amount } }
}

export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'symbolon-node-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export type TestConfig = Partial<NodeConfig>

export function configOf(directory: string, config: TestConfig = {}): NodeConfig {
  return {
    ...NODE_DEFAULTS,
    directory,
    genesis: GENESIS,
    port: 0,
    heartbeatMs: 0,
    logLevel: 'silent',
    verifierThreads: 0,
    ...config,
  }
}

/** Started; stopped when the test ends, if the test has not done so. */
export async function startNode(
  config: TestConfig = {},
  dependencies: Partial<NodeDependencies> = {},
): Promise<FrameNode> {
  const directory = config.directory ?? temporaryFolder()
  const node = await FrameNode.open(configOf(directory, config), { keys: VALIDATOR_KEYS, ...dependencies })
  onTestFinished(() => node.stop())
  await node.start()
  return node
}

type Params<N extends MethodName> = Infer<(typeof METHODS)[N]['params']>
type Result<N extends MethodName> = Infer<(typeof METHODS)[N]['result']>

export interface RpcAnswer {
  jsonrpc?: string
  id?: unknown
  result?: unknown
  error?: { code: number; message: string; data?: { code: string } }
}

/** Any body, as it is. */
export async function post(
  node: { url: string },
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${node.url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body as BodyInit,
  })
}

export async function rpc(node: { url: string }, method: string, params: unknown): Promise<RpcAnswer> {
  const response = await post(node, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
  return (await response.json()) as RpcAnswer
}

/** A typed call; the answer must fit the schema that the documents publish. Throws the code of a refusal. */
export async function call<N extends MethodName>(
  node: { url: string },
  name: N,
  params: Params<N>,
): Promise<Result<N>> {
  const { result, error } = await rpc(node, name, toJson(METHODS[name].params as never, params as never))
  if (error !== undefined) throw new Error(error.data?.code ?? `RPC ${error.code}: ${error.message}`)
  return fromJson(METHODS[name].result as never, result) as Result<N>
}

export function submit(
  node: { url: string },
  { bytes }: { bytes: Uint8Array },
  wait: 'accepted' | 'final' = 'final',
): Promise<Result<'transaction.submit'>> {
  return call(node, 'transaction.submit', { transaction: bytes, wait })
}

/** Submits and expects the transaction to have the result code. */
export async function execute(
  node: { url: string },
  transaction: { bytes: Uint8Array; id: Hash },
): Promise<{ code: string; height: bigint }> {
  const { receipt, height } = await submit(node, transaction)
  return { code: receipt?.code ?? 'NO RECEIPT', height: height ?? -1n }
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

export const hex = (bytes: Uint8Array): string => toHex(bytes)

/** Waits for a condition that must come true; the test's own time limit is the only one. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
