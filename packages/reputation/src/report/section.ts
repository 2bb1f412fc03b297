import { html, type Insertable, type Markup } from './markup.ts'

export interface Section {
  readonly id: string
  readonly title: string
  readonly content: Markup
}

/** A picture with its number-free caption: sections come and go with the data, so figures are named, not counted. */
export function figureOf(content: Insertable, caption: Insertable): Markup {
  return html`<figure>${content}<figcaption>${caption}</figcaption></figure>`
}
