/** What the demonstration shows: progress while it works, a short table at the end, or one JSON object. */
import { formatAmount } from '@symbolon/primitives'
import type { DemoEvent, DemoResult } from './demo.ts'

/** Units as a JSON number: exact for the amounts of a demonstration (below 2^53 base units). */
const units = (amount: bigint): number => Number(formatAmount(amount))

export function jsonOf(result: DemoResult): object {
  const { supply } = result
  return {
    rows: result.rows,
    verified: result.verified,
    paid: units(result.paid),
    ledgerTransactions: result.ledgerTransactions,
    ledgerCost: units(result.ledgerCost),
    cold: result.cold,
    warm: result.warm,
    ticksPerSecond: result.ticksPerSecond,
    supply: {
      issued: units(supply.issued),
      circulating: units(supply.circulating),
      delta: Number(supply.delta),
    },
    receipt: result.receipt,
    receiptLinksVerified: result.receiptLinks,
    frame: result.frame,
  }
}

const PHASE_NAMES = [
  'discovery',
  'quote',
  'commitment',
  'channel',
  'authentication',
  'settlement',
  'firstUnit',
  'total',
] as const

export function tableOf(result: DemoResult): string {
  const { cold, warm } = result
  const ms = (value: number | undefined): string =>
    (value === undefined ? '–' : `${value.toFixed(1)} ms`).padStart(11)
  const phases = PHASE_NAMES.map((name) => {
    const label =
      name === 'firstUnit'
        ? 'to the first row'
        : name === 'total'
          ? `all (${result.rows.toLocaleString('en')} / ${result.warmRows} rows)`
          : name
    return `    ${label.padEnd(24)}${ms(cold[name])}${ms(warm[name])}`
  })
  return [
    '',
    `  rows bought and verified   ${result.verified.toLocaleString('en')} of ${result.rows.toLocaleString('en')}`,
    `  paid                       ${formatAmount(result.paid)} units`,
    `  ledger transactions        ${result.ledgerTransactions} (open, close), not ${result.rows.toLocaleString('en')}`,
    `  ledger cost                ${formatAmount(result.ledgerCost)} units`,
    `  micropayments per second   ${result.ticksPerSecond.toLocaleString('en')}`,
    `  supply                     ${formatAmount(result.supply.issued)} issued, ${formatAmount(result.supply.circulating)} circulating, difference ${result.supply.delta}`,
    `  receipt                    ${result.receipt} (${result.receiptLinks} of ${result.receiptLinks} links verified)`,
    '',
    `    ${'latency'.padEnd(24)}${'cold'.padStart(11)}${'warm'.padStart(11)}`,
    ...phases,
    '',
  ].join('\n')
}

/** Writes progress to stderr, so that stdout holds results alone. */
export function progressTo(stream: NodeJS.WriteStream): (event: DemoEvent) => void {
  let shown = 0
  return (event) => {
    if (event.kind === 'step') {
      stream.write(`• ${event.text}\n`)
      return
    }
    const { which, event: purchase } = event
    switch (purchase.kind) {
      case 'state':
        stream.write(
          `  ${which.padEnd(5)} ${purchase.state.padEnd(14)}${purchase.atMs.toFixed(1).padStart(9)} ms\n`,
        )
        return
      case 'provider':
        stream.write(
          `  ${which.padEnd(5)} found "${purchase.resource}", reputation ${(purchase.reputation / 10_000).toFixed(1)} %\n`,
        )
        return
      case 'progress': {
        const tenth = Number((purchase.units * 10n) / purchase.quantity)
        if (which === 'cold' && tenth > shown) {
          shown = tenth
          stream.write(
            `  ${which.padEnd(5)} ${purchase.units.toString().padStart(9)} rows verified, ${formatAmount(purchase.paid)} units paid\n`,
          )
        }
        return
      }
      case 'retry':
        stream.write(`  ${which.padEnd(5)} next provider: ${purchase.code}: ${purchase.message}\n`)
        return
      default:
        return
    }
  }
}
