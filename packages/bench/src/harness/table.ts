/** The table that people read. */
import type { Row } from './benchmark.ts'

const HEAD = ['benchmark', 'value', 'ceiling', 'peer', 'ratio', 'bar', 'met', 'turns']

/** Three significant digits, thousands grouped: the fourth would be noise. */
export function formatFigure(value: number): string {
  return value.toLocaleString('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
}

function formatBar({ bar, barOn, unit }: Row): string {
  if (bar === null) return '-'
  if (barOn === 'ratio') return `≥ ${bar} ×`
  return unit === 'ms' ? `≤ ${bar} ms` : `≥ ${bar.toLocaleString('en-US')}/s`
}

function cellsOf(row: Row): string[] {
  const figure = (value: number | null): string =>
    value === null ? '-' : `${formatFigure(value)}${row.unit === 'ms' ? ' ms' : '/s'}`
  return [
    row.name,
    figure(row.value),
    figure(row.ceiling),
    figure(row.peer),
    row.ratio === null ? '-' : `${formatFigure(row.ratio)} ×`,
    formatBar(row),
    row.met === null ? '-' : row.met ? 'yes' : 'NO',
    String(row.samples),
  ]
}

/** Columns of equal width; below, one line per row that says what it is, and what it is compared with. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [
    HEAD,
    ...rows.map((row) => (row.skipped === undefined ? cellsOf(row) : [row.name, 'skipped'])),
  ]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const drawn = lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  '),
  )
  drawn.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
  return [...drawn, '', ...rows.map(explain)].join('\n')
}

function explain({ name, title, against, note, skipped }: Row): string {
  if (skipped !== undefined) return `${name}: ${title}. skipped: ${skipped}`
  const parts = [title, against === '' ? '' : `ratio to ${against}`, note].filter((part) => part !== '')
  return `${name}: ${parts.join('; ')}`
}
