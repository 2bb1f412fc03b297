/** Reads a page as a browser would, as far as these tests need: independent of how the page was written. */

export interface Tag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#96;': '`',
  '&amp;': '&',
}
export function decoded(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#39|#96|amp);/g, (entity) => ENTITIES[entity] as string)
}

/** Content of script and style elements is text up to their end tag, whatever it holds. */
function withoutRawText(page: string): string {
  return page.replace(/(<(script|style)\b[^>]*>)[\s\S]*?(<\/\2>)/g, '$1$3')
}

export function tagsOf(page: string): Tag[] {
  return [
    ...withoutRawText(page).matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-zA-Z0-9:-]+(?:="[^"]*")?)*)\s*\/?>/gi),
  ].map(([, name = '', attributes = '']) => ({
    name: name.toLowerCase(),
    attributes: Object.fromEntries(
      [...attributes.matchAll(/([a-zA-Z0-9:-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
        key,
        decoded(value),
      ]),
    ),
  }))
}

/** What a reader sees, without markup. */
export function textOf(page: string): string {
  return decoded(withoutRawText(page).replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
}

/** The rows of the table with this caption, cell by cell. */
export function tableOf(page: string, caption: string): string[][] {
  const start = page.indexOf(`<caption>${caption}</caption>`)
  if (start < 0) throw new Error(`no table ${caption}`)
  const body = page.slice(page.indexOf('<tbody>', start), page.indexOf('</tbody>', start))
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      decoded(cell.replace(/<[^>]*>/g, '')).trim(),
    ),
  )
}

export interface DrawingBlock {
  readonly ids: string[]
  readonly x: number[]
  readonly y: number[]
  readonly reputation: number[]
  readonly probability?: (number | null)[]
  readonly marks: number[]
  readonly given: number[]
  readonly received: number[]
  readonly scores: [string, (number | null)[]][]
  readonly signals: [string, (number | null)[]][]
  /** Quadruples: from, to, weight there, weight back. */
  readonly lines: number[]
}

export function drawingIn(page: string): DrawingBlock {
  const match = /<script type="application\/json" id="drawing">([\s\S]*?)<\/script>/.exec(page)
  if (match?.[1] === undefined) throw new Error('the page holds no drawing')
  return JSON.parse(match[1])
}

export function sectionIdsOf(page: string): string[] {
  return tagsOf(page).flatMap(({ name, attributes }) =>
    name === 'section' ? [attributes['id'] as string] : [],
  )
}
