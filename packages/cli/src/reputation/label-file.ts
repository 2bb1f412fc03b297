/** Labels and groups of nodes, from files. */
import {
  groupsOf,
  HONEST,
  type NodeGroups,
  readLabels,
  SYBIL,
  type TrustGraph,
  UNLABELLED,
} from '@symbolon/reputation'
import { CliError } from '../errors.ts'
import { LABEL_FILE_BYTES_MAX } from '../limits.ts'
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

function listsOfLines(text: string, path: string): string[][] {
  const lists = new Map<string, string[]>()
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const [id, group, more] = line.split(/[,\t]/)
    if (id === undefined || group === undefined || more !== undefined) throw malformed(path)
    if (group.toLowerCase() === 'group') continue
    const list = lists.get(group) ?? []
    list.push(id)
    lists.set(group, list)
  }
  return [...lists.values()]
}

/** Groups that share a member are one. Errors: FILE_UNREADABLE, FILE_TOO_LARGE, CONFIG_MALFORMED. */
export async function readGroups(graph: TrustGraph, path: string): Promise<NodeGroups> {
  const { value: text } = await readEvidence(path, textOf)
  const first = text.trimStart()[0]
  if (first !== '[' && first !== '{') return groupsOf(graph.nodes, listsOfLines(text, path))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw malformed(path)
  }
  return groupsOf(graph.nodes, listsOfJson(json, path))
}
