/** Deterministic keys, genesis and configuration of the nodes that the tests run; free of the test runner. */
import { installNativeProviders } from '@symbolon/native'
import {
  type Address,
  addressOf,
  BlsKeyPair,
  Ed25519KeyPair,
  sha256,
  utf8,
  VrfKeyPair,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, frameId, type Genesis, type Parameters } from '@symbolon/protocol'
import { NODE_DEFAULTS, type NodeConfig, SoleValidator } from '../src/index.ts'

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
