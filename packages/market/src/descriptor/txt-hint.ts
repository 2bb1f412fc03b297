/**
 * The TXT record of DNS service discovery (DNS-1): `gpu=a100, mem=80g, rate=50sat/s, anchor=sha256:…`. Everything in it
 * but the anchor is a hint from an unauthenticated source: no channel may follow from it until the signed descriptor that
 * the anchor names has been fetched and verified (DNS-2). The result has no price or hardware that a quote could be
 * checked against, so it cannot be mistaken for a descriptor.
 */
import { asHash, equalBytes, fromHex, type Hash } from '@symbolon/primitives'
import { MarketError } from '../errors.ts'

/** One DNS TXT character string holds at most 255 bytes; four of them are plenty. */
export const TXT_BYTES_MAX = 1_020

export interface TxtHint {
  readonly gpu?: string
  readonly memoryGigabytes?: number
  readonly rate?: { readonly amount: bigint; readonly currency: string; readonly per: string }
  /** Digest of the descriptor; without it the hint leads nowhere. */
  readonly anchor?: Hash
}

/** Unknown keys are skipped: hints may grow. Errors: TXT_MALFORMED, TXT_TOO_LARGE. */
export function parseTxtHint(text: string): TxtHint {
  if (text.length > TXT_BYTES_MAX)
    throw new MarketError(
      'TXT_TOO_LARGE',
      `${text.length} characters, at most ${TXT_BYTES_MAX} (TXT_BYTES_MAX)`,
    )
  const pairs = new Map<string, string>()
  for (const part of text.split(',')) {
    const match = /^\s*([a-z]+)=(\S+)\s*$/.exec(part)
    const [, key = '', value = ''] = match ?? []
    if (match === null || pairs.has(key)) throw malformed(part)
    pairs.set(key, value)
  }
  const gpu = pairs.get('gpu')
  const memory = read(pairs, 'mem', /^(\d{1,6})g$/)
  const rate = read(pairs, 'rate', /^(\d{1,18})([a-z]{2,8})\/([a-z-]{1,16})$/)
  const anchor = read(pairs, 'anchor', /^sha256:([0-9a-f]{64})$/)
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(memory === undefined ? {} : { memoryGigabytes: Number(memory[1]) }),
    ...(rate === undefined
      ? {}
      : { rate: { amount: BigInt(rate[1] ?? ''), currency: rate[2] ?? '', per: rate[3] ?? '' } }),
    ...(anchor === undefined ? {} : { anchor: asHash(fromHex(anchor[1] ?? '')) }),
  }
}

/** True only if the hint's anchor names this descriptor. */
export function anchors(hint: TxtHint, descriptorDigest: Hash): boolean {
  return hint.anchor !== undefined && equalBytes(hint.anchor, descriptorDigest)
}

function read(pairs: ReadonlyMap<string, string>, key: string, pattern: RegExp): RegExpExecArray | undefined {
  const value = pairs.get(key)
  if (value === undefined) return undefined
  const match = pattern.exec(value)
  if (match === null) throw malformed(`${key}=${value}`)
  return match
}

function malformed(part: string): MarketError {
  return new MarketError(
    'TXT_MALFORMED',
    `"${part.slice(0, 64)}" is not a TXT hint; ignore the answer and use the next tier of discovery`,
  )
}
