/**
 * `config.json` of a home. Unknown members are refused, so that a typing error cannot pass for a setting. Everything in it can be
 * overridden by the environment and by flags (settings.ts).
 */
import {
  address,
  enumeration,
  fromJson,
  hash,
  type Infer,
  list,
  optional,
  record,
  SymbolonError,
  text,
  toJson,
  uint,
} from '@symbolon/primitives'
import { CliError } from '../errors.ts'
import { ADDRESSES_MAX, AGENT_NAME_CHARACTERS_MAX } from '../limits.ts'
import { readJsonFile } from './files.ts'

/** Lower-case, so that a name is a file name on every system and can never read as an address. */
export const NAME_PATTERN = /^[a-z][a-z0-9-]*$/
export const agentName = text(AGENT_NAME_CHARACTERS_MAX, { name: 'name', pattern: NAME_PATTERN, bytesMin: 1 })
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

export const config = record('config', {
  /** Of this format. */
  version: [1, uint(1)],
  /** The frame that this home belongs to: a node of another one is refused. */
  frame: [2, hash],
  /** HTTP address of the node to ask. */
  node: [3, optional(text(256, { name: 'node URL', pattern: /^https?:\/\/[!-~]+$/ }))],
  /** Who `buy`, `pay` and `channel` act for, who `serve` sells for, and whose money mandates delegate. */
  agent: [4, optional(agentName)],
  seller: [5, optional(agentName)],
  principal: [6, optional(agentName)],
  /** Where `node` and `serve` listen. */
  host: [7, optional(text(256, { name: 'host', bytesMin: 1 }))],
  port: [8, optional(uint(65_535, 'port'))],
  sellerPort: [9, optional(uint(65_535, 'port'))],
  logLevel: [10, optional(enumeration(LOG_LEVELS, 'log level'))],
  heartbeatMs: [11, optional(uint(3_600_000, 'milliseconds'))],
  batchWindowMs: [12, optional(uint(60_000, 'milliseconds'))],
  /** Names for addresses: the agents of this home, and whoever else one wants to call by name. */
  addresses: [
    13,
    list(record('address-entry', { name: [1, agentName], address: [2, address] }), ADDRESSES_MAX),
  ],
})
export type Config = Infer<typeof config>

/** Errors: FILE_UNREADABLE, CONFIG_MALFORMED naming the member. */
export function readConfig(path: string): Config {
  const json = readJsonFile(path)
  try {
    return fromJson(config, json)
  } catch (cause) {
    if (!(cause instanceof SymbolonError)) throw cause
    throw new CliError('CONFIG_MALFORMED', `${path}: ${cause.message}`, { cause })
  }
}

export function formatConfig(of: Config): string {
  return `${JSON.stringify(toJson(config, of), undefined, 2)}\n`
}
