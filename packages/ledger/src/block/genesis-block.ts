/** The block of height 0: issues the allocations. A function of the genesis alone, so every participant computes the same. */
import { domainDigest, encode, type Hash, hashKey } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  checkGenesis,
  event,
  type Genesis,
  type LedgerEvent,
} from '@symbolon/protocol'
import { EVENT_POSTINGS_MAX } from '../limits.ts'
import { SupplyTotals } from '../supply/totals.ts'
import type { BlockExecution } from './execute-block.ts'

/** The seed that the first proposer's VRF evaluates (CON-027). */
export function genesisSeed(frame: Hash): Hash {
  return domainDigest('seed', frame, new Uint8Array(0))
}

/** Throws GENESIS_INVALID. An allocation of zero makes no account. */
export function executeGenesis(of: Genesis): BlockExecution {
  checkGenesis(of)
  const allocations = of.allocations.filter((allocation) => allocation.amount > 0n)
  const events: LedgerEvent[] = []
  const totals = SupplyTotals.zero()
  for (let from = 0; from < allocations.length; from += EVENT_POSTINGS_MAX) {
    const credits = allocations.slice(from, from + EVENT_POSTINGS_MAX).map(({ address, amount }) => ({
      bucket: 'liquid' as const,
      owner: address as Uint8Array as Hash,
      amount,
    }))
    const issued: LedgerEvent = {
      height: 0n,
      index: events.length,
      type: 'accounts.issued',
      subjects: [],
      debits: [],
      credits,
      data: new Uint8Array(0),
    }
    totals.add(issued)
    events.push(issued)
  }
  return {
    included: [],
    refused: [],
    receipts: [],
    receiptBytes: [],
    events,
    eventBytes: events.map((one) => encode(event, one)),
    gasUsed: 0n,
    supply: totals.finish(),
    changes: {
      accounts: allocations.map(({ address, amount }) => ({
        key: accountKey(address),
        value: encode(accountRecord, { balance: amount, nonce: 0n }),
      })),
      storage: [],
      identity: [],
      channels: [],
      reputation: [],
    },
    accounts: allocations.map(({ address, amount }) => ({
      key: hashKey(address),
      balance: amount,
      nonce: 0n,
    })),
  }
}
