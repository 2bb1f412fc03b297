/**
 * Key files: seeds encrypted with the password of the home. What a file holds is in its label, which is authenticated with the rest:
 *
 * | label | secret |
 * | --- | --- |
 * | `agent <name>` | account seed, channel seed (32 bytes each) |
 * | `validator` | account seed, vote seed, VRF seed (32 bytes each) |
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ValidatorKeys } from '@symbolon/node'
import {
  type Address,
  addressOf,
  bls,
  concat,
  decryptKeyStore,
  Ed25519KeyPair,
  encryptKeyStore,
  KEY_STORE_FILE_CHARACTERS_MAX,
  KEY_STORE_NONCE_BYTES,
  KEY_STORE_SALT_BYTES,
  vrf,
} from '@symbolon/primitives'
import type { Seeds } from '@symbolon/sdk'
import { CliError } from '../errors.ts'
import { readText, replaceFile, writeNew } from './files.ts'

const SEED_BYTES = 32
export type Random = (bytes: number) => Uint8Array
export const randomBytes: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes))

export function newAgentSeeds(random: Random = randomBytes): Seeds {
  return { account: random(SEED_BYTES), channel: random(SEED_BYTES) }
}

export function addressOfSeed(account: Uint8Array): Address {
  return addressOf(new Ed25519KeyPair(account).publicKey)
}

export interface KeyFileWrite {
  readonly path: string
  readonly label: string
  readonly secret: Uint8Array
  readonly password: string
  /** Default: refuse to overwrite. A key file that is lost is money that is lost. */
  readonly replace?: boolean
}

/** Errors: FILE_EXISTS, KEY_STORE_PARAMETER_OUT_OF_BOUNDS (the password's length). About 0.2 s. */
export function writeKeyFile({ path, label, secret, password, replace = false }: KeyFileWrite): void {
  const text = encryptKeyStore({
    secret,
    password,
    label,
    salt: randomBytes(KEY_STORE_SALT_BYTES),
    nonce: randomBytes(KEY_STORE_NONCE_BYTES),
  })
  secret.fill(0)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (replace) replaceFile(path, text, 0o600)
  else writeNew(path, text, 0o600)
}

export const agentLabel = (name: string): string => `agent ${name}`
export const VALIDATOR_LABEL = 'validator'

export function agentSecret({ account, channel }: Seeds): Uint8Array {
  return concat(account, channel)
}

/** Errors: KEY_MISSING, KEY_STORE_MALFORMED, KEY_STORE_UNLOCK_FAILED, KEY_KIND. */
export function readAgentSeeds(path: string, name: string, password: string): Seeds {
  const secret = readSecret(path, agentLabel(name), 2 * SEED_BYTES, password)
  const seeds = { account: secret.slice(0, SEED_BYTES), channel: secret.slice(SEED_BYTES) }
  secret.fill(0)
  return seeds
}

/** Errors: as `readAgentSeeds`. */
export function readValidatorKeys(path: string, password: string): ValidatorKeys {
  const secret = readSecret(path, VALIDATOR_LABEL, 3 * SEED_BYTES, password)
  const keys = validatorKeys(secret)
  secret.fill(0)
  return keys
}

export function validatorKeys(secret: Uint8Array): ValidatorKeys {
  return {
    address: addressOfSeed(secret.slice(0, SEED_BYTES)),
    vote: bls.generateKeyPair(secret.slice(SEED_BYTES, 2 * SEED_BYTES)),
    vrf: vrf.generateKeyPair(secret.slice(2 * SEED_BYTES)),
  }
}

function readSecret(path: string, label: string, length: number, password: string): Uint8Array {
  if (!existsSync(path))
    throw new CliError('KEY_MISSING', `there is no key file ${path}; run "symbolon init", or restore a copy`)
  const text = readText(path, KEY_STORE_FILE_CHARACTERS_MAX)
  const secret = decryptKeyStore(text, password)
  // The label was authenticated by the decryption: a file that was renamed to another agent's is told apart.
  const { label: found } = JSON.parse(text) as { label: string }
  if (found !== label || secret.length !== length) {
    secret.fill(0)
    throw new CliError('KEY_KIND', `${path} holds the keys of "${found}", not of "${label}"`)
  }
  return secret
}
