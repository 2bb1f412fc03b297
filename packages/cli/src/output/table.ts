/** Plain tables: columns wide enough for their content, numbers to the right. */

export type Alignment = 'left' | 'right'

export interface Column {
  readonly name: string
  readonly align?: Alignment
}

/** Lines without trailing space; an empty list gives the heading alone. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ name }, i) =>
    rows.reduce((width, row) => Math.max(width, (row[i] ?? '').length), name.length),
  )
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) =>
        align === 'right'
          ? (cells[i] ?? '').padStart(widths[i] ?? 0)
          : (cells[i] ?? '').padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ name }) => name)), ...rows.map(line)].join('\n')
}

/** `name   value` lines, for one thing with several properties. Absent values are left out. */
export function renderFacts(facts: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(facts).filter(([, value]) => value !== undefined)
  const width = present.reduce((most, [name]) => Math.max(most, name.length), 0)
  return present.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}
