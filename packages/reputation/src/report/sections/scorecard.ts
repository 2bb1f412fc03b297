import type { ReportData, Verdict } from '../data.ts'
import { figure } from '../figures.ts'
import { html } from '../markup.ts'
import type { Section } from '../section.ts'
import { table } from '../table.ts'
import { verdictMark } from '../verdict.ts'

/** The sums are counted here, never taken over (TRU-057); pending is not passed (TRU-058). */
export function scorecardSection({ scorecard }: ReportData): Section | undefined {
  if (scorecard === undefined || scorecard.length === 0) return undefined
  const count = (wanted: Verdict): string =>
    figure(scorecard.filter(({ verdict }) => verdict === wanted).length)
  const content = html`<p>${count('pass')} of ${figure(scorecard.length)} gates passed, ${count('fail')} failed, ${count('pending')} pending. A pending gate has not passed.</p>
${table(
  'Scorecard',
  [
    { head: 'gate' },
    { head: 'what is asked' },
    { head: 'threshold' },
    { head: 'measured', numeric: true },
    { head: 'verdict' },
    { head: 'note' },
  ],
  scorecard.map(({ gate, name, threshold, measured, verdict, note }) => [
    gate,
    name,
    threshold,
    typeof measured === 'number' ? figure(measured) : measured,
    verdictMark(verdict),
    note,
  ]),
)}`
  return { id: 'scorecard', title: 'Scorecard', content }
}
