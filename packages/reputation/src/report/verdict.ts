import type { Verdict } from './data.ts'
import { html, type Markup } from './markup.ts'

const SIGN: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', pending: '…' }

/** Sign, word and colour say the same, so that none of them is needed. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="verdict ${verdict}"><span aria-hidden="true">${SIGN[verdict]}</span> ${verdict}</span>`
}
