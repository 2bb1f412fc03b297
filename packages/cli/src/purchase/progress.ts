/** What a purchase tells on its way, for people: a line per state, and on a terminal one that counts. */
import { formatAmount, formatDid } from '@symbolon/primitives'
import type { PurchaseEvent } from '@symbolon/sdk'
import { PROGRESS_INTERVAL_MS } from '../limits.ts'
import type { Output } from '../output/output.ts'

const BAR_CELLS = 24

export function showProgress(output: Output): (event: PurchaseEvent) => void {
  let shownAt = 0
  return (event) => {
    switch (event.kind) {
      case 'state':
        output.progress('')
        return output.note(`${event.atMs.toFixed(0).padStart(6)} ms  ${event.state}`)
      case 'provider':
        return output.note(
          `           "${event.resource}" of ${formatDid(event.provider)}, reputation ${(event.reputation / 1_000_000).toFixed(2)}`,
        )
      case 'retry':
        output.progress('')
        return output.note(`           next provider: ${event.code}: ${event.message}`)
      case 'progress': {
        const now = performance.now()
        if (now - shownAt < PROGRESS_INTERVAL_MS && event.units < event.quantity) return
        shownAt = now
        const cells = Number((event.units * BigInt(BAR_CELLS)) / event.quantity)
        const bar = '█'.repeat(cells).padEnd(BAR_CELLS, '░')
        return output.progress(
          `${bar} ${event.units} of ${event.quantity}, ${formatAmount(event.paid)} units paid`,
        )
      }
      default:
        return
    }
  }
}
