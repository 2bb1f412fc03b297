/**
 * HTML that cannot be made from unescaped text: `Markup` comes out of the `html` template alone, which escapes whatever is
 * put into it unless that is markup already.
 */
import { REPORT_PROSE_MAX } from '../limits.ts'
import { shownText } from './shown-text.ts'

/** Nominal: the private field keeps plain objects out. */
export class Markup {
  readonly #text: string
  private constructor(text: string) {
    this.#text = text
  }
  /** For text written in this package; never for anything that was read. */
  static trusted(text: string): Markup {
    return new Markup(text)
  }
  toString(): string {
    return this.#text
  }
}

export type Insertable = Markup | string | number | undefined | readonly Insertable[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

export function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] as string)
}

function inserted(value: Insertable): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.toString()
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escaped(shownText(value, REPORT_PROSE_MAX))
  return value.map(inserted).join('')
}

export function html(parts: TemplateStringsArray, ...values: Insertable[]): Markup {
  let text = parts[0] as string
  for (const [i, value] of values.entries()) text += inserted(value) + parts[i + 1]
  return Markup.trusted(text)
}

export const NOTHING = html``

/** A stranger's name, set apart so that its writing direction ends with it. */
export function named(text: string): Markup {
  return html`<bdi>${shownText(text)}</bdi>`
}

/** JSON for a data block: no character of it can end the block, open a comment or break a line. */
export function jsonBlock(id: string, value: unknown): Markup {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return html`<script type="application/json" id="${id}">${Markup.trusted(text)}</script>`
}
