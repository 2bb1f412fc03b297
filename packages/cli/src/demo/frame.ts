/** A standalone frame for the demonstration: one validator, durable embedded storage, a seller and a buyer with an account each. */
import { join } from 'node:path'
import { createSignaturePool } from '@symbolon/ledger'
import { installNativeProviders } from '@symbolon/native'
import { FrameNode, NODE_DEFAULTS, SoleValidator, type ValidatorKeys } from '@symbolon/node'
import {
  type Address,
  type Amount,
  addressOf,
  BASE_UNITS_PER_UNIT,
  bls,
  Ed25519KeyPair,
  vrf,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, type Genesis } from '@symbolon/protocol'

const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes))

/** Keys of somebody in the demonstration; made anew for every run, and only in memory. */
export interface DemoIdentity {
  readonly address: Address
  readonly seeds: { readonly account: Uint8Array; readonly channel: Uint8Array }
}

export function newIdentity(): DemoIdentity {
  const account = random(32)
  return {
    address: addressOf(new Ed25519KeyPair(account).publicKey),
    seeds: { account, channel: random(32) },
  }
}

export async function startFrame(
  directory: string,
  funded: readonly { identity: DemoIdentity; units: bigint }[],
  options: { port: number; logLevel: 'silent' | 'error' | 'info' },
): Promise<{ node: FrameNode; genesis: Genesis }> {
  installNativeProviders()
  const keys: ValidatorKeys = {
    address: newIdentity().address,
    vote: bls.generateKeyPair(random(32)),
    vrf: vrf.generateKeyPair(random(32)),
  }
  const genesis: Genesis = {
    name: 'demo',
    salt: random(32),
    parameters: DEFAULT_PARAMETERS,
    validators: [new SoleValidator(keys).entry(1_000n * BASE_UNITS_PER_UNIT)],
    allocations: funded.map(({ identity, units }): { address: Address; amount: Amount } => ({
      address: identity.address,
      amount: units * BASE_UNITS_PER_UNIT,
    })),
  }
  const node = await FrameNode.open(
    {
      directory: join(directory, 'node'),
      genesis,
      host: NODE_DEFAULTS.host,
      port: options.port,
      batchWindowMs: NODE_DEFAULTS.batchWindowMs,
      heartbeatMs: NODE_DEFAULTS.heartbeatMs,
      logLevel: options.logLevel,
      verifierThreads: 1,
    },
    {
      keys,
      verifier: createSignaturePool({
        workers: 1,
        installer: { module: import.meta.resolve('@symbolon/native'), install: 'installNativeProviders' },
      }),
    },
  )
  await node.start()
  return { node, genesis }
}
