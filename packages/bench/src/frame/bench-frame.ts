/**
 * A frame node as it runs, on a real folder: native cryptography, two threads that verify signatures, a sole validator.
 * Several thousand accounts hold enough for any run.
 */
import { createSignaturePool, type SignatureVerifier } from '@symbolon/ledger'
import { installNativeProviders } from '@symbolon/native'
import { FrameNode, NODE_DEFAULTS, SoleValidator } from '@symbolon/node'
import {
  type Address,
  addressOf,
  BlsKeyPair,
  Ed25519KeyPair,
  type Hash,
  sha256,
  utf8,
  VrfKeyPair,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, type Genesis } from '@symbolon/protocol'

/** Accounts that pay; every other account of the genesis is paid. */
export const SENDERS = 4_096
/** Base units: enough for 10^7 transactions of the size used here. */
const ENDOWMENT = 10n ** 15n

/** Secret of account `at`, for who needs an agent with money. */
export function seedOf(at: number): Uint8Array {
  return sha256(utf8(`sender ${at}`))
}

export interface Sender {
  readonly keys: Ed25519KeyPair
  readonly address: Address
  /** Of its next transaction. */
  nonce: bigint
}

export interface BenchFrame {
  readonly node: FrameNode
  readonly frame: Hash
  readonly senders: readonly Sender[]
  close(): Promise<void>
}

/** The pool that the node verifies with. Its threads install the native providers, as every thread must. */
export function signaturePool(): SignatureVerifier {
  return createSignaturePool({
    workers: NODE_DEFAULTS.verifierThreads,
    installer: { module: import.meta.resolve('@symbolon/native'), install: 'installNativeProviders' },
  })
}

/** A new frame in `directory`, its node listening on a free port of 127.0.0.1. */
export async function openBenchFrame(directory: string): Promise<BenchFrame> {
  installNativeProviders()
  const senders = Array.from({ length: SENDERS }, (_, at) => {
    const keys = new Ed25519KeyPair(seedOf(at))
    return { keys, address: addressOf(keys.publicKey), nonce: 0n }
  })
  const keys = {
    address: addressOf(new Ed25519KeyPair(sha256(utf8('validator'))).publicKey),
    vote: new BlsKeyPair(sha256(utf8('vote'))),
    vrf: new VrfKeyPair(sha256(utf8('vrf'))),
  }
  const genesis: Genesis = {
    name: 'bench',
    salt: sha256(utf8('bench')),
    parameters: DEFAULT_PARAMETERS,
    validators: [new SoleValidator(keys).entry(1n)],
    allocations: senders.map(({ address }) => ({ address, amount: ENDOWMENT })),
  }
  const unlimited = 1_000_000_000
  const node = await FrameNode.open(
    {
      ...NODE_DEFAULTS,
      directory,
      genesis,
      port: 0,
      logLevel: 'silent',
      // One client sends everything here.
      limits: { ratePerSecond: unlimited, rateBurst: unlimited },
    },
    { keys, verifier: signaturePool() },
  )
  await node.start()
  return { node, frame: node.store.ledger.frame, senders, close: () => node.stop() }
}
