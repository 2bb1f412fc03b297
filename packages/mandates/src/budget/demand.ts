/** What an authorisation asks of a mandate, and sums over its payments. */
import type { Amount } from '@symbolon/primitives'
import type { Demand } from './allowance.ts'
import type { ChannelPot } from './channel-pot.ts'
import { lesser } from './lesser.ts'
import type { Authorization, Payment } from './operation.ts'

export function demandOf(of: Authorization, pot: ChannelPot | undefined): Demand {
  const { payments, fee } = of
  return { payments, fee, peer: pot?.counterparty, windsDown: of.windsDown, ...labels(of) }
}

export function labels({
  task,
  resource,
}: {
  task?: string | undefined
  resource?: string | undefined
}): Omit<Demand, 'payments' | 'fee'> {
  return { ...(task === undefined ? {} : { task }), ...(resource === undefined ? {} : { resource }) }
}

export function sumOf(payments: readonly Payment[]): Amount {
  return payments.reduce((sum, { amount }) => sum + amount, 0n)
}

/** What remains of the payments after `paid` went to the first of them. */
export function unpaid(payments: readonly Payment[], paid: Amount): Payment[] {
  let left = paid
  return payments.map((one) => {
    const gone = lesser(one.amount, left)
    left -= gone
    return { ...one, amount: one.amount - gone }
  })
}
