/**
 * What a block must do, written naively: one transaction after the other on plain maps, by the rules in the README and
 * with nothing of the ledger's code. Knows transfers and the scripts of scripted-module.ts.
 */
import { toHex } from '@symbolon/primitives'
import type { Transaction } from '@symbolon/protocol'
import { SCRIPT } from './scripted-module.ts'

export interface OracleReceipt {
  readonly code: string
  readonly gasUsed: bigint
  readonly feeCharged: bigint
  readonly events: readonly string[]
}

interface Account {
  balance: bigint
  nonce: bigint
}

export class Oracle {
  readonly accounts = new Map<string, Account>()
  readonly channels = new Map<string, number>()

  /** Returns receipts of the included, in order; refused transactions leave `undefined`. */
  block(
    transactions: readonly { transaction: Transaction; bytes: number }[],
    proposer: Uint8Array,
  ): (OracleReceipt | undefined)[] {
    const credits: [string, bigint][] = []
    let fees = 0n
    const receipts = transactions.map(({ transaction: { body, signatures }, bytes }) => {
      const sender = this.account(toHex(body.sender))
      const payload = body.payload
      let gas = 10_000n + 50_000n * BigInt(signatures.length) + 10n * BigInt(bytes)
      if (payload.kind === 'accounts.transfer') gas += 10_000n
      else if (payload.kind === 'channels.redeemStream') {
        const bits = payload.body.ticks
        gas += 1_000n
        gas += bits & SCRIPT.write ? 10_000n : 2_000n
        if (bits & SCRIPT.copy) gas += 2_000n
        if (bits & SCRIPT.take) gas += 10_000n
      }
      if (
        body.nonce !== sender.nonce ||
        sender.balance < body.fee ||
        body.fee < body.gasLimit ||
        body.gasLimit < gas
      )
        return undefined
      const before = {
        accounts: structuredClone(this.accounts),
        channels: new Map(this.channels),
        credits: credits.length,
      }
      sender.balance -= body.fee
      const events: string[] = []
      let code = 'OK'
      const debit = (from: string, amount: bigint): void => {
        const account = this.account(from)
        if (account.balance < amount) throw 'INSUFFICIENT_BALANCE'
        account.balance -= amount
      }
      try {
        if (payload.kind === 'accounts.transfer') {
          if (payload.body.amount === 0n) throw 'TRANSFER_ZERO'
          debit(toHex(body.sender), payload.body.amount)
          credits.push([toHex(payload.body.to), payload.body.amount])
          events.push('accounts.transferred')
        } else if (payload.kind === 'channels.redeemStream') {
          const { ticks: bits, stream: amount } = payload.body
          const own = toHex(payload.body.channel)
          const other = toHex(payload.body.preimage)
          let value = this.channels.get(own) ?? 0
          if (bits & SCRIPT.copy) value += this.channels.get(other) ?? 0
          if (bits & SCRIPT.write) this.channels.set(own, (value + 1) & 0xff)
          if (bits & SCRIPT.erase) {
            if (!(bits & SCRIPT.write)) throw 'UNDECLARED_ACCESS'
            this.channels.delete(own)
          }
          if (bits & SCRIPT.gas) {
            gas += amount
            if (gas > body.gasLimit) throw 'OUT_OF_GAS'
          }
          if (bits & SCRIPT.lock) {
            debit(toHex(body.sender), amount)
            events.push('channels.locked')
          }
          if (bits & SCRIPT.take) {
            debit(other, amount)
            credits.push([toHex(body.sender), amount])
            events.push('channels.taken')
          }
          if (bits & (SCRIPT.undeclared | SCRIPT.swallow | SCRIPT.forge)) throw 'UNDECLARED_ACCESS'
          if (bits & SCRIPT.fail) throw 'SCRIPT_FAILED'
        }
      } catch (failure) {
        if (typeof failure !== 'string') throw failure
        code = failure
        if (code === 'UNDECLARED_ACCESS' || code === 'OUT_OF_GAS') gas = body.gasLimit
        this.accounts.clear()
        for (const [key, account] of before.accounts) this.accounts.set(key, account)
        this.channels.clear()
        for (const [key, value] of before.channels) this.channels.set(key, value)
        credits.length = before.credits
        events.length = 0
        this.account(toHex(body.sender)).balance -= body.fee
      }
      const charged = (body.fee * gas + body.gasLimit - 1n) / body.gasLimit
      const paying = this.account(toHex(body.sender))
      paying.balance += body.fee - charged
      paying.nonce += 1n
      fees += charged
      return { code, gasUsed: gas, feeCharged: charged, events }
    })
    if (fees > 0n) credits.push([toHex(proposer), fees])
    for (const [to, amount] of credits) this.account(to).balance += amount
    return receipts
  }

  account(key: string): Account {
    let account = this.accounts.get(key)
    if (account === undefined) {
      account = { balance: 0n, nonce: 0n }
      this.accounts.set(key, account)
    }
    return account
  }
}
