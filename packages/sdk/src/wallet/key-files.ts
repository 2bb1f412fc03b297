/**
 * An agent's secrets in files of its directory, readable by its owner alone, for services that start without a person. Where a
 * person is there to type a password, keep them in the encrypted key store of @symbolon/primitives instead.
 *
 * | file | holds |
 * | --- | --- |
 * | `account.seed`, `channel.seed` | 32 random bytes each, hexadecimal; created when absent |
 * | `credentials.secret` | secret of the root keys that a seller mints credentials with; created when absent |
 * | `mandate.cbor` | what the agent may spend: signed mandates from the principal's to its own |
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { Interceptor, type SignedMandate, signedMandate } from '@symbolon/mandates'
import { type Address, decode, encode, fromHex, list, toHex } from '@symbolon/primitives'
import type { FrameClient } from '../client/frame-client.ts'
import { SdkError } from '../errors.ts'
import { MANDATE_CHAIN_MAX } from '../limits.ts'
import { MandatedKeys, OwnKeys, type Seeds } from './keys.ts'

const chain = list(signedMandate, MANDATE_CHAIN_MAX)

/** Errors: HEX_MALFORMED, KEY_FILE_MALFORMED, and those of the file system. */
export function seedsIn(directory: string): Seeds {
  return { account: secretIn(directory, 'account.seed'), channel: secretIn(directory, 'channel.seed') }
}

/** Keys of an agent that spends its own money, such as a seller. Errors: those of `seedsIn`. */
export function ownKeysIn(directory: string): OwnKeys {
  return new OwnKeys(seedsIn(directory))
}

/** What `Seller.open` needs to mint credentials that outlive a restart. Errors: those of `seedsIn`. */
export function rootSecretsIn(directory: string): {
  rootSecrets: ReadonlyMap<number, Uint8Array>
  rootVersion: number
} {
  return { rootSecrets: new Map([[1, secretIn(directory, 'credentials.secret')]]), rootVersion: 1 }
}

/** Hands a mandate to the agent whose directory this is. */
export function saveMandate(directory: string, mandates: readonly SignedMandate[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(join(directory, 'mandate.cbor'), encode(chain, [...mandates]))
}

/**
 * Keys that sign nothing beyond the mandate in the directory. Close after the buyer that uses them.
 * Errors: MANDATE_MISSING, SchemaError, those of `seedsIn` and of `Interceptor.open`.
 */
export async function openMandate(options: {
  readonly client: FrameClient
  readonly directory: string
}): Promise<{ keys: MandatedKeys; close(): Promise<void> }> {
  const { client, directory } = options
  const mandates = readMandates(directory)
  const journal = Journal.open({ directory: join(directory, 'audit'), sync: 'fdatasync' })
  const interceptor = await Interceptor.open({
    frame: client.frame,
    principal: mandates[0]?.mandate.issuer as Address,
    chain: mandates,
    seeds: seedsIn(directory),
    journal,
    clock: () => Math.floor(Date.now() / 1_000),
    validators: () => client.validators,
    disputeBond: client.genesis.parameters.disputeBond,
  })
  const close = async (): Promise<void> => {
    await interceptor.close()
    await journal.close()
  }
  return { keys: new MandatedKeys(interceptor), close }
}

function readMandates(directory: string): SignedMandate[] {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(join(directory, 'mandate.cbor'))
  } catch (cause) {
    throw new SdkError(
      'MANDATE_MISSING',
      `no mandate in ${directory}: have the principal sign one for this agent, and save it there`,
      { cause },
    )
  }
  const mandates = decode(chain, new Uint8Array(bytes))
  if (mandates.length === 0) throw new SdkError('MANDATE_MISSING', `the mandate in ${directory} is empty`)
  return mandates
}

function secretIn(directory: string, name: string): Uint8Array {
  const file = join(directory, name)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const secret = crypto.getRandomValues(new Uint8Array(32))
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${toHex(secret)}\n`, { mode: 0o600, flag: 'wx' })
    return secret
  }
  const secret = fromHex(text.trim())
  if (secret.length !== 32)
    throw new SdkError('KEY_FILE_MALFORMED', `${file} does not hold 32 bytes in hexadecimal`)
  return secret
}
