/** Reading what people write in arguments. Every refusal says what was expected, and is a usage error (exit code 2). */
import { asHash, fromHex, type Hash } from '@symbolon/primitives'
import { CliError } from './errors.ts'

export function usage(message: string): CliError {
  return new CliError('USAGE', message)
}

/** A whole number from `least` up. Errors: USAGE. */
export function parseCount(text: string, what: string, least = 1n): bigint {
  if (!/^\d{1,18}$/.test(text) || BigInt(text) < least)
    throw usage(`${what}: "${text.slice(0, 40)}" is not a whole number from ${least} up`)
  return BigInt(text)
}

/** 64 hexadecimal digits. Errors: USAGE. */
export function parseHash(text: string, what: string): Hash {
  if (!/^[0-9a-fA-F]{64}$/.test(text))
    throw usage(`${what}: "${text.slice(0, 80)}" is not an identifier of 64 hexadecimal digits`)
  return asHash(fromHex(text.toLowerCase()))
}

/** A share from 0 to 1, as parts per million. Errors: USAGE. */
export function parseShare(text: string, what: string): number {
  const match = /^(0|1)(?:\.(\d{1,6}))?$/.exec(text)
  const ppm =
    match === null ? 2_000_000 : Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))
  if (ppm > 1_000_000) throw usage(`${what}: "${text.slice(0, 40)}" is not a share from 0 to 1, such as 0.5`)
  return ppm
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** `90s`, `15m`, `12h`, `30d`, in seconds. Errors: USAGE. */
export function parseDuration(text: string, what: string): number {
  const match = /^([1-9]\d{0,7})([smhd])$/.exec(text)
  if (match === null)
    throw usage(`${what}: "${text.slice(0, 40)}" is not a duration; write 90s, 15m, 12h or 30d`)
  return Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 0)
}

/** `name=value`. Errors: USAGE. */
export function parsePair(text: string, what: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw usage(`${what}: "${text.slice(0, 80)}" is not name=value`)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** One of the names. Errors: USAGE, listing them. */
export function oneOf<T extends string>(text: string, names: readonly T[], what: string): T {
  const found = names.find((name) => name === text)
  if (found === undefined) throw usage(`${what}: "${text.slice(0, 40)}" is none of ${names.join(', ')}`)
  return found
}
