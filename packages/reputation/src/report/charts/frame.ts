/** What all charts share: a picture with a text alternative, and an area inside it for the data. */
import { html, type Insertable, type Markup } from '../markup.ts'

/** A picture as wide as its column and `height` pixels high. */
export function picture(height: number, alternative: string, content: Insertable): Markup {
  return html`<svg class="chart" width="100%" height="${height}" role="img" aria-label="${alternative}">${content}</svg>`
}

/** A part of a picture in shares of its width: what is placed inside measures itself against it. */
export function area(left: number, top: number, width: number, height: number, content: Insertable): Markup {
  return html`<svg x="${left}%" y="${top}" width="${width}%" height="${height}" overflow="visible">${content}</svg>`
}

/** Stripes: flagged and failed parts are told apart without colour. Each picture needs its own name. */
export function stripes(id: string): Markup {
  return html`<defs><pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="stripe-ground" width="5" height="5"/><rect class="stripe" width="2.2" height="5"/></pattern></defs>`
}
