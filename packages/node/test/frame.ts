/** A running node for tests: real folder, real HTTP on a free port of 127.0.0.1. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromJson, type Hash, type Infer, toHex, toJson } from '@symbolon/primitives'
import {
  encodeTransaction,
  METHODS,
  type MethodName,
  type Payload,
  type TransactionBody,
  transactionId,
} from '@symbolon/protocol'
import { onTestFinished } from 'vitest'
import { FrameNode, type NodeDependencies } from '../src/index.ts'
import { type Actor, configOf, FEE, FRAME, type TestConfig, VALIDATOR_KEYS } from './node-config.ts'

export * from './node-config.ts'

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
    ...(cosigners.length === 0 ? {} : { coSigners: cosigners.map(({ address }) => address) }),
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
