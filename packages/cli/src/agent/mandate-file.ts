/** `mandate.json` of an agent: the chain of signed mandates from the principal to it. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type SignedMandate, signedMandate } from '@symbolon/mandates'
import { fromJson, type Json, list, SymbolonError, toJson } from '@symbolon/primitives'
import { CliError } from '../errors.ts'
import { readJsonFile, replaceFile } from '../home/files.ts'

/** DEPTH_MAX of the mandates package bounds what is accepted; this bounds what is read. */
const chainSchema = list(signedMandate, 16, { lengthMin: 1, name: 'mandate chain' })

export function chainToJson(chain: readonly SignedMandate[]): Json {
  return toJson(chainSchema, [...chain])
}

/** Errors: MANDATE_MISSING, CONFIG_MALFORMED. */
export function readChain(path: string, agent: string): SignedMandate[] {
  if (!existsSync(path))
    throw new CliError(
      'MANDATE_MISSING',
      `${agent} has no mandate to spend under; the principal makes one: "symbolon mandate create ${agent} --total 10"`,
    )
  const json = readJsonFile(path)
  try {
    return fromJson(chainSchema, json)
  } catch (cause) {
    if (!(cause instanceof SymbolonError)) throw cause
    throw new CliError('CONFIG_MALFORMED', `${path}: ${cause.message}`, { cause })
  }
}

export function writeChain(path: string, chain: readonly SignedMandate[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  replaceFile(path, `${JSON.stringify(chainToJson(chain), undefined, 2)}\n`)
}
