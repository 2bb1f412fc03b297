import { columnLabel } from '../column-labels.ts'
import type { ReportData } from '../data.ts'
import { figure } from '../figures.ts'
import { html, type Markup } from '../markup.ts'
import type { Section } from '../section.ts'
import { table } from '../table.ts'

function parameterTable(parameters: NonNullable<ReportData['parameters']>): Markup {
  // Numbers in full: a rounded parameter could not be used again.
  const rows = Object.entries(parameters).map(([name, value]) => [name, String(value)])
  return table('Parameters', [{ head: 'parameter' }, { head: 'value', numeric: true }], rows)
}

function convergenceTable(algorithms: NonNullable<ReportData['algorithms']>): Markup {
  return table(
    'Convergence',
    [
      { head: 'algorithm' },
      { head: 'steps', numeric: true },
      { head: 'residual', numeric: true },
      { head: 'converged' },
      { head: 'note' },
    ],
    algorithms.map(({ name, steps, residual, converged, note }) => [
      columnLabel(name),
      figure(steps),
      figure(residual, 3),
      converged ? 'yes' : 'no',
      note,
    ]),
  )
}

export function methodSection({ parameters, algorithms }: ReportData): Section | undefined {
  const hasParameters = parameters !== undefined && Object.keys(parameters).length > 0
  const hasAlgorithms = algorithms !== undefined && algorithms.length > 0
  if (!hasParameters && !hasAlgorithms) return undefined
  const content = html`<p>With these parameters and the input named above anybody recomputes the same scores.</p>
${hasAlgorithms ? convergenceTable(algorithms) : ''}
${hasParameters ? parameterTable(parameters) : ''}`
  return { id: 'method', title: 'Parameters and convergence', content }
}
