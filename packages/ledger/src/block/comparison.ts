/** Comparing a block with what this ledger computes: the error names the first field that differs. */
import { compareBytes, SymbolonError, toHex } from '@symbolon/primitives'
import type { Block, Header } from '@symbolon/protocol'
import { BlockError } from '../error.ts'
import { TransactionCandidate } from '../transaction/candidate.ts'

export function mismatch(field: string, found: unknown, expected: unknown): BlockError {
  const shown = (value: unknown): string => (value instanceof Uint8Array ? toHex(value) : String(value))
  return new BlockError(
    'BLOCK_MISMATCH',
    `the block's ${field} is ${shown(found)}, this ledger has ${shown(expected)}`,
    {
      details: { field },
    },
  )
}

/** Throws BLOCK_MISMATCH unless the two are the same bytes, number or text. */
export function requireField(field: string, found: unknown, expected: unknown): void {
  const same =
    found instanceof Uint8Array && expected instanceof Uint8Array
      ? compareBytes(found, expected) === 0
      : found === expected
  if (!same) throw mismatch(field, found, expected)
}

/** Throws BLOCK_MISMATCH for the first field of the header, in the order of the format, that differs. */
export function requireSameHeader(found: Header, expected: Header): void {
  for (const field of Object.keys(expected) as (keyof Header)[])
    if (field === 'supply') requireField(field, supplyText(found), supplyText(expected))
    else requireField(field, found[field], expected[field])
}

function supplyText({ supply: { issued, destroyed, buckets } }: Header): string {
  return [issued, destroyed, ...buckets].join(' ')
}

/** Throws BLOCK_TRANSACTION naming the first transaction that does not decode. */
export function decodeCandidates(block: Block): TransactionCandidate[] {
  return block.transactions.map((bytes, index) => {
    try {
      return TransactionCandidate.decode(bytes)
    } catch (cause) {
      if (!(cause instanceof SymbolonError)) throw cause
      throw new BlockError('BLOCK_TRANSACTION', `transaction ${index} is malformed: ${cause.message}`, {
        cause,
        details: { index, code: 'TRANSACTION_MALFORMED' },
      })
    }
  })
}
