/** Files of anchors and of labels: what is known about nodes from outside the graph. */
import { lineInvalid } from './line-error.ts'
import { type ByteStream, forEachLine } from './lines.ts'
import { parseNumber } from './number.ts'
import { detectSeparator, emptyFields, isComment, splitFields } from './separated.ts'

const DECODER = new TextDecoder()

/** Calls `visit` with the one or two fields of each line after a header that `isHeader` knows. */
async function forEachPair(
  bytes: ByteStream,
  isHeader: (second: string) => boolean,
  header: string,
  visit: (id: string, second: string | undefined, refuse: (expected: string) => Error) => void,
): Promise<void> {
  const fields = emptyFields()
  const orHeader = `, or the header ${header}`
  let separator: number | undefined
  await forEachLine(bytes, (buffer, start, end, line) => {
    if (isComment(buffer, start, end)) return
    const isFirst = separator === undefined
    separator ??= detectSeparator(buffer, start, end)
    splitFields(fields, separator, buffer, start, end, line)
    const text = (place: number): string =>
      DECODER.decode(fields.bytes.subarray(fields.starts[place], fields.ends[place]))
    const refuse = (expected: string): Error =>
      lineInvalid(line, isFirst ? `${expected}${orHeader}` : expected, buffer, start, end)
    if (fields.count > 2 || text(0) === '') throw refuse('an identifier and at most one more column')
    const second = fields.count === 2 ? text(1) : undefined
    const named = NAMES_OF_ID.includes(text(0).toLowerCase())
    if (isFirst && named && (second === undefined || isHeader(second.toLowerCase()))) return
    visit(text(0), second === '' ? undefined : second, refuse)
  })
}

const NAMES_OF_ID = ['id', 'node', 'did', 'address', 'anchor']

/**
 * Anchors with their weights: `id[,weight]`, header optional, weight 1 if it is left out. An anchor named twice has the weight
 * of its last line. Errors: LINE_TOO_LONG, LINE_INVALID.
 */
export async function readAnchors(bytes: ByteStream): Promise<Map<string, number>> {
  const anchors = new Map<string, number>()
  await forEachPair(
    bytes,
    (name) => name === 'weight' || name === 'seedweightbp',
    'id,weight',
    (id, second, refuse) => {
      const weight = second === undefined ? 1 : parseBytes(second)
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw refuse('a weight of at least 0')
      anchors.set(id, weight)
    },
  )
  return anchors
}

/**
 * Nodes of one owner: `id,group`, header optional; the members of each group. Errors: LINE_TOO_LONG, LINE_INVALID.
 */
export async function readGroupLines(bytes: ByteStream): Promise<Map<string, string[]>> {
  const groups = new Map<string, string[]>()
  await forEachPair(
    bytes,
    (name) => name === 'group' || name === 'owner',
    'id,group',
    (id, second, refuse) => {
      if (second === undefined) throw refuse('an identifier and its group')
      const members = groups.get(second)
      if (members === undefined) groups.set(second, [id])
      else members.push(id)
    },
  )
  return groups
}

function parseBytes(text: string): number {
  const bytes = new TextEncoder().encode(text)
  return parseNumber(bytes, 0, bytes.length)
}

const SYBIL_WORDS = ['1', 'true', 'sybil', 'yes']
const HONEST_WORDS = ['0', 'false', 'honest', 'no']

/**
 * Labels: `id,label`, header optional; true for a Sybil (1, true, yes, sybil), false for an honest node (0, false, no, honest).
 * Errors: LINE_TOO_LONG, LINE_INVALID, also for a node with two different labels.
 */
export async function readLabels(bytes: ByteStream): Promise<Map<string, boolean>> {
  const labels = new Map<string, boolean>()
  await forEachPair(
    bytes,
    (name) => name === 'label' || name === 'sybil' || name === 'is_sybil',
    'id,label',
    (id, second, refuse) => {
      const word = second?.toLowerCase() ?? ''
      const label = SYBIL_WORDS.includes(word)
      if (!label && !HONEST_WORDS.includes(word))
        throw refuse(`a label: ${[...SYBIL_WORDS, ...HONEST_WORDS].join(', ')}`)
      if (labels.has(id) && labels.get(id) !== label) throw refuse(`one label for ${id}`)
      labels.set(id, label)
    },
  )
  return labels
}
