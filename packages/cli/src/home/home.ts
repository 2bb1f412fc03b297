/**
 * The folder of one user on one frame:
 *
 *   config.json              settings and names                        public
 *   genesis.json             the frame; its digest is the frame's identifier    public
 *   keys/<name>.json         encrypted seeds of an agent, or of the node's validator
 *   node/                    block log and state of the node
 *   agents/<name>/           channels, purchases, audit log, mandate and receipts of an agent
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type Address,
  equalBytes,
  fromJson,
  type Hash,
  parseAddressOrDid,
  SymbolonError,
} from '@symbolon/primitives'
import { checkGenesis, frameId, type Genesis, genesis } from '@symbolon/protocol'
import { CliError } from '../errors.ts'
import { AGENT_NAME_CHARACTERS_MAX } from '../limits.ts'
import { type Config, formatConfig, NAME_PATTERN, readConfig } from './config.ts'
import { readJsonFile, replaceFile } from './files.ts'

/** Name of the key file of the node. Agents cannot be called so. */
export const VALIDATOR_NAME = 'validator'

export function homeDirectory(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const chosen = flag ?? environment['SYMBOLON_HOME']
  return chosen === undefined || chosen === '' ? join(homedir(), '.symbolon') : resolve(chosen)
}

export class Home {
  readonly directory: string
  #config: Config | undefined
  #genesis: Genesis | undefined

  constructor(directory: string) {
    this.directory = directory
  }

  get exists(): boolean {
    return existsSync(this.configPath)
  }
  get configPath(): string {
    return join(this.directory, 'config.json')
  }
  get genesisPath(): string {
    return join(this.directory, 'genesis.json')
  }
  get nodeDirectory(): string {
    return join(this.directory, 'node')
  }
  keyPath(name: string): string {
    return join(this.directory, 'keys', `${name}.json`)
  }
  agentDirectory(name: string): string {
    return join(this.directory, 'agents', name)
  }
  mandatePath(name: string): string {
    return join(this.agentDirectory(name), 'mandate.json')
  }
  receiptsDirectory(name: string): string {
    return join(this.agentDirectory(name), 'receipts')
  }

  /** Errors: HOME_MISSING, CONFIG_MALFORMED. */
  get config(): Config {
    if (!this.exists)
      throw new CliError(
        'HOME_MISSING',
        `there is no home at ${this.directory}; run "symbolon init", or name another with --home`,
      )
    this.#config ??= readConfig(this.configPath)
    return this.#config
  }

  get frame(): Hash {
    return this.config.frame
  }

  /** Errors: FILE_UNREADABLE, CONFIG_MALFORMED (not a genesis, or not that of the configured frame). */
  get genesis(): Genesis {
    this.#genesis ??= readGenesis(this.genesisPath, this.frame)
    return this.#genesis
  }

  /** `sym1…`, `did:symbolon:…`, or a name of the address book. Errors: ADDRESS_MALFORMED, DID_MALFORMED, HOME_MISSING, NAME_UNKNOWN. */
  address(text: string): Address {
    if (text.length > AGENT_NAME_CHARACTERS_MAX || !NAME_PATTERN.test(text)) return parseAddressOrDid(text)
    const known = this.config.addresses
    const found = known.find(({ name }) => name === text)
    if (found !== undefined) return found.address
    const names = known.map(({ name }) => name).join(', ')
    throw new CliError(
      'NAME_UNKNOWN',
      `"${text}" is neither an address nor a known name${names === '' ? '' : ` (known: ${names})`}`,
    )
  }

  nameOf(address: Uint8Array): string | undefined {
    return this.exists
      ? this.config.addresses.find((entry) => equalBytes(entry.address, address))?.name
      : undefined
  }

  saveConfig(changed: Config): void {
    replaceFile(this.configPath, formatConfig(changed))
    this.#config = changed
  }
}

/** Errors: FILE_UNREADABLE; CONFIG_MALFORMED: no genesis, an impossible one, or that of another frame than `expected`. */
export function readGenesis(path: string, expected?: Hash): Genesis {
  try {
    const read = fromJson(genesis, readJsonFile(path))
    checkGenesis(read)
    if (expected !== undefined && !equalBytes(frameId(read), expected))
      throw new CliError('CONFIG_MALFORMED', 'it is the genesis of another frame than the one that is meant')
    return read
  } catch (cause) {
    if (!(cause instanceof SymbolonError) || cause.code === 'FILE_UNREADABLE') throw cause
    throw new CliError('CONFIG_MALFORMED', `${path}: ${cause.message}`, { cause })
  }
}
