/**
 * What a command runs with: flags win over the environment, the environment over config.json, config.json over the default. Pure, so
 * that the order can be tested by itself; `symbolon config` shows the outcome with the source of every value.
 */
import { NODE_DEFAULTS } from '@symbolon/node'
import { CliError } from '../errors.ts'
import { type Config, LOG_LEVELS, NAME_PATTERN } from './config.ts'

export interface Settings {
  readonly node: string
  readonly agent: string
  readonly seller: string
  readonly principal: string
  readonly host: string
  readonly port: number
  readonly sellerPort: number
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly heartbeatMs: number
  readonly batchWindowMs: number
}
export type SettingName = keyof Settings
export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

/** Texts of flags and environment; both are read alike. */
export type SettingTexts = Readonly<Partial<Record<SettingName, string | undefined>>>

interface Setting<T> {
  readonly variable: string
  readonly standard: T
  readonly read: (text: string) => T | undefined
  readonly expected: string
}

const url: Setting<string>['read'] = (text) =>
  /^https?:\/\/[!-~]+$/.test(text) ? text.replace(/\/+$/, '') : undefined
const name: Setting<string>['read'] = (text) => (NAME_PATTERN.test(text) ? text : undefined)
const integer =
  (max: number): Setting<number>['read'] =>
  (text) =>
    /^\d{1,9}$/.test(text) && Number(text) <= max ? Number(text) : undefined
const milliseconds = (variable: string, standard: number, max: number): Setting<number> => ({
  variable,
  standard,
  read: integer(max),
  expected: `milliseconds from 0 to ${max}`,
})
const agent = (variable: string, standard: string): Setting<string> => ({
  variable,
  standard,
  read: name,
  expected: 'the name of an agent, such as buyer',
})
const port = (variable: string, standard: number): Setting<number> => ({
  variable,
  standard,
  read: integer(65_535),
  expected: 'a port from 0 to 65535 (0 picks a free one)',
})

export const SETTINGS: { readonly [N in SettingName]: Setting<Settings[N]> } = {
  node: {
    variable: 'SYMBOLON_NODE',
    standard: `http://${NODE_DEFAULTS.host}:${NODE_DEFAULTS.port}`,
    read: url,
    expected: 'an http:// or https:// address',
  },
  agent: agent('SYMBOLON_AGENT', 'buyer'),
  seller: agent('SYMBOLON_SELLER', 'seller'),
  principal: agent('SYMBOLON_PRINCIPAL', 'principal'),
  host: {
    variable: 'SYMBOLON_HOST',
    standard: NODE_DEFAULTS.host,
    read: (text) => (text === '' || text.length > 256 ? undefined : text),
    expected: 'a host name or address to listen on',
  },
  port: port('SYMBOLON_PORT', NODE_DEFAULTS.port),
  sellerPort: port('SYMBOLON_SELLER_PORT', NODE_DEFAULTS.port + 1),
  logLevel: {
    variable: 'SYMBOLON_LOG_LEVEL',
    // Someone watches a terminal; a service that keeps logs says `info`.
    standard: 'warn',
    read: (text) => LOG_LEVELS.find((level) => level === text),
    expected: `one of ${LOG_LEVELS.join(', ')}`,
  },
  heartbeatMs: milliseconds('SYMBOLON_HEARTBEAT', NODE_DEFAULTS.heartbeatMs, 3_600_000),
  batchWindowMs: milliseconds('SYMBOLON_WINDOW', NODE_DEFAULTS.batchWindowMs, 60_000),
}
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

export interface ResolvedSettings {
  readonly values: Settings
  readonly sources: Readonly<Record<SettingName, SettingSource>>
}

/** Errors: SETTING_MALFORMED naming the flag or variable. */
export function resolveSettings(
  flags: SettingTexts,
  environment: Readonly<Record<string, string | undefined>>,
  file: Partial<Config>,
): ResolvedSettings {
  const values: Record<string, unknown> = {}
  const sources: Partial<Record<SettingName, SettingSource>> = {}
  for (const setting of SETTING_NAMES) {
    const { variable, standard, read, expected } = SETTINGS[setting] as Setting<unknown>
    const take = (text: string, source: SettingSource, from: string): void => {
      const value = read(text)
      if (value === undefined)
        throw new CliError('SETTING_MALFORMED', `${from}: "${text.slice(0, 80)}" is not ${expected}`)
      values[setting] = value
      sources[setting] = source
    }
    const flag = flags[setting]
    const fromEnvironment = environment[variable]
    const fromFile = file[setting]
    if (flag !== undefined) take(flag, 'flag', `the flag for "${setting}"`)
    else if (fromEnvironment !== undefined && fromEnvironment !== '')
      take(fromEnvironment, 'environment', variable)
    else {
      values[setting] = fromFile ?? standard
      sources[setting] = fromFile === undefined ? 'default' : 'file'
    }
  }
  return { values: values as unknown as Settings, sources: sources as Record<SettingName, SettingSource> }
}
