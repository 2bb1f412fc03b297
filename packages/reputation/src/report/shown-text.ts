/**
 * Text of strangers, made harmless to read. Node identifiers come from anybody's file: they can be a megabyte long, reverse
 * the direction of what follows, or hold characters that nobody sees, so that two identifiers look the same.
 */
import { REPORT_NAME_MAX } from '../limits.ts'

/** Controls, formats (all bidirectional ones), separators, lone surrogates, private and unassigned code points, fillers. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
/** Stacked accents reach into other lines. */
const STACKED = /(\p{M}{3})\p{M}+/gu

/** Every character that cannot be seen becomes its code, as in ⟨U+202E⟩. Linear in the text. */
export function visible(text: string): string {
  return text
    .replace(
      UNSEEN,
      (character) =>
        `⟨U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
    .replace(STACKED, '$1…')
}

/**
 * At most `max` characters: the beginning and the end around an ellipsis, because identifiers of one issuer share their
 * beginning. Reads no more than that of the text, however long it is; never splits a surrogate pair.
 */
export function shortened(text: string, max: number = REPORT_NAME_MAX): string {
  if (text.length <= max) return text
  const tail = Math.floor(max / 4)
  const first = text.slice(0, max - tail - 1).replace(/[\ud800-\udbff]$/, '')
  const last = text.slice(text.length - tail).replace(/^[\udc00-\udfff]/, '')
  return `${first}…${last}`
}

/** Shortened, made visible, and shortened again, because codes are longer than what they stand for. */
export function shownText(text: string, max: number = REPORT_NAME_MAX): string {
  return shortened(visible(shortened(text, max)), max)
}
