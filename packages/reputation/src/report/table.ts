import { REPORT_ROWS_MAX } from '../limits.ts'
import { figure } from './figures.ts'
import { html, type Insertable, type Markup } from './markup.ts'

export interface Column {
  readonly head: string
  /** Set flush right, digits under digits. */
  readonly numeric?: boolean
}

/**
 * At most REPORT_ROWS_MAX rows, then a line that says how many more there are (`total`, if the caller made only the first
 * ones). Wide tables scroll sideways in a region of their own that the keyboard reaches.
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Insertable[])[],
  total: number = rows.length,
): Markup {
  const printed = rows.slice(0, REPORT_ROWS_MAX)
  const more = total - printed.length
  const styleOf = (column: Column | undefined): Markup => (column?.numeric ? html` class="number"` : html``)
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${styleOf(column)}>${column.head}</th>`)}</tr></thead>
<tbody>${printed.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) =>
        i === 0
          ? html`<th scope="row"${styleOf(columns[i])}>${cell}</th>`
          : html`<td${styleOf(columns[i])}>${cell}</td>`,
      )}</tr>
`,
  )}</tbody></table>${more > 0 ? html`<p class="more">and ${figure(more)} more</p>` : ''}</div>`
}

/** A table that stands behind a picture: the same numbers, for readers and for machines. */
export function tableBehind(summary: string, content: Markup): Markup {
  return html`<details><summary>${summary}</summary>${content}</details>`
}
