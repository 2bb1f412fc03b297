/** Labels and groups of nodes, from files. */
import {
  groupsOf,
  HONEST,
  type NodeGroups,
  readGroupLines,
  readLabels,
  SYBIL,
  type TrustGraph,
  UNLABELLED,
} from '@symbolon/reputation'
import { CliError } from '../errors.ts'
import { LABEL_FILE_BYTES_MAX } from '../limits.ts'
import { usage } from '../parse.ts'
import { readEvidence } from './evidence-file.ts'

/** By identifier: true for a Sybil. Errors: FILE_UNREADABLE, those of readLabels. */
export async function readLabelMap(path: string): Promise<ReadonlyMap<string, boolean>> {
  return (await readEvidence(path, readLabels)).value
}

/** One entry per node: SYBIL, HONEST or UNLABELLED. Labels of identifiers that the graph does not hold are passed over. */
export function labelsOf(graph: TrustGraph, known: ReadonlyMap<string, boolean>): Int8Array {
  const labels = new Int8Array(graph.nodes.size).fill(UNLABELLED)
  for (const [id, isSybil] of known) {
    const node = graph.nodes.indexOf(id)
    if (node !== undefined) labels[node] = isSybil ? SYBIL : HONEST
  }
  return labels
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > LABEL_FILE_BYTES_MAX)
      throw new CliError(
        'FILE_TOO_LARGE',
        `the groups have more than LABEL_FILE_BYTES_MAX (${LABEL_FILE_BYTES_MAX}) bytes`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function malformed(path: string): CliError {
  return new CliError(
    'CONFIG_MALFORMED',
    `${path}: expected lines id,group, or JSON: [[id, …], …], [{"group": name, "members": [id, …]}, …] or {"name": [id, …], …}`,
  )
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((id) => typeof id === 'string')

function listsOfJson(json: unknown, path: string): string[][] {
  const entries = Array.isArray(json) ? json : Object.values(json as object)
  return entries.map((entry: unknown) => {
    const members = isList(entry) ? entry : (entry as { members?: unknown } | null)?.members
    if (!isList(members)) throw malformed(path)
    return members
  })
}

/** Errors: FILE_UNREADABLE, FILE_TOO_LARGE, CONFIG_MALFORMED, USAGE, those of readGroupLines. Groups that share a member are one. */
export async function readGroups(graph: TrustGraph, path: string): Promise<NodeGroups> {
  const { value: text } = await readEvidence(path, textOf)
  const lists = await listsOf(text, path)
  const groups = groupsOf(graph.nodes, lists)
  // A group of nobody tears nothing apart: figures would claim a split that was not made.
  if (!groups.some((group) => group >= 0))
    throw usage(`--groups: no identifier of ${path} is in the graph; correct them or leave the option out`)
  return groups
}

async function listsOf(text: string, path: string): Promise<string[][]> {
  const first = text.trimStart()[0]
  if (first !== '[' && first !== '{') {
    const lines = await readGroupLines([new TextEncoder().encode(text)])
    return [...lines.values()]
  }
  let json: unknown
  try {
    json = JSON.parse(text.trimStart())
  } catch {
    throw malformed(path)
  }
  return listsOfJson(json, path)
}
