/**
 * The canonical input of an epoch: every agent that is scored and every relation between two of them, in one order, in one
 * encoding, so that two parties hold the same input exactly if its digest is the same. Amounts carry the epoch in which
 * they last changed and decay from then on, lazily: a relation that rests is not rewritten.
 *
 *   node  112 bytes   DID (32) ‖ settled ‖ failed ‖ tasks ‖ lost ‖ latency ‖ latency weight ‖ touched ‖ bond ‖ prior ‖ 0 (64 bits each)
 *   edge   32 bytes   from ‖ to (32 bits each) ‖ satisfied ‖ unsatisfied ‖ touched (64 bits each)            all big-endian
 */
import {
  type Address,
  asAddress,
  compareBytes,
  concat,
  domainDigest,
  type Hash,
  sha256,
} from '@symbolon/primitives'
import { ReputationError } from '../errors.ts'
import {
  EPOCH_EDGES_MAX,
  EPOCH_EDGES_PER_PAGE,
  EPOCH_NODES_MAX,
  EPOCH_NODES_PER_PAGE,
  EVIDENCE_MAX,
} from '../limits.ts'

/** An agent's own record. Counts are in millionths, so that they decay smoothly. */
export interface EpochNode {
  readonly address: Address
  /** Weight of the channels settled in agreement, and of those that ended in a lost dispute; base units of fees. */
  readonly settled: number
  readonly failed: number
  /** Tasks: counterparties per epoch, each weighed by the fees up to the cap; and disputes lost. */
  readonly tasks: number
  readonly lost: number
  /** Mean response time that buyers attested, milliseconds, and how much it rests on. */
  readonly latency: number
  readonly latencyWeight: number
  /** Epoch in which the figures above last changed. */
  readonly touched: number
  /** Base units. */
  readonly bond: bigint
  /** Weight among the anchors from which trust starts; 0 for who is none. */
  readonly prior: bigint
}

/** What `from` has to say about `to`: base units of fees. */
export interface EpochEdge {
  /** Places in the list of nodes. */
  readonly from: number
  readonly to: number
  readonly satisfied: number
  readonly unsatisfied: number
  readonly touched: number
}

export interface EpochInput {
  readonly epoch: number
  /** Ascending by address. */
  readonly nodes: readonly EpochNode[]
  /** Ascending by from, then to. */
  readonly edges: readonly EpochEdge[]
}

export interface EpochPages {
  readonly nodes: readonly Uint8Array[]
  readonly edges: readonly Uint8Array[]
}

const NODE_BYTES = 112
const EDGE_BYTES = 32
const HIGH = 2 ** 32

function writeAmount(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / HIGH))
  view.setUint32(at + 4, value % HIGH)
}

function readAmount(view: DataView, at: number): number {
  const value = view.getUint32(at) * HIGH + view.getUint32(at + 4)
  if (value > EVIDENCE_MAX) throw invalid('an amount exceeds EVIDENCE_MAX')
  return value
}

function pagesOf<T>(
  items: readonly T[],
  perPage: number,
  bytes: number,
  write: (view: DataView, at: number, item: T) => void,
): Uint8Array[] {
  const pages: Uint8Array[] = []
  for (let start = 0; start < items.length; start += perPage) {
    const count = Math.min(perPage, items.length - start)
    const page = new Uint8Array(count * bytes)
    const view = new DataView(page.buffer)
    for (let i = 0; i < count; i++) write(view, i * bytes, items[start + i] as T)
    pages.push(page)
  }
  return pages
}

const NODE_AMOUNTS = ['settled', 'failed', 'tasks', 'lost', 'latency', 'latencyWeight', 'touched'] as const

export function encodeInput({ nodes, edges }: EpochInput): EpochPages {
  return {
    nodes: pagesOf(nodes, EPOCH_NODES_PER_PAGE, NODE_BYTES, (view, at, node) => {
      new Uint8Array(view.buffer).set(node.address, at)
      for (let i = 0; i < NODE_AMOUNTS.length; i++)
        writeAmount(view, at + 32 + 8 * i, node[NODE_AMOUNTS[i] as (typeof NODE_AMOUNTS)[number]])
      view.setBigUint64(at + 88, node.bond)
      view.setBigUint64(at + 96, node.prior)
    }),
    edges: pagesOf(edges, EPOCH_EDGES_PER_PAGE, EDGE_BYTES, (view, at, edge) => {
      view.setUint32(at, edge.from)
      view.setUint32(at + 4, edge.to)
      writeAmount(view, at + 8, edge.satisfied)
      writeAmount(view, at + 16, edge.unsatisfied)
      writeAmount(view, at + 24, edge.touched)
    }),
  }
}

/** How many pages so many agents and relations fill. */
export function pageCounts(nodes: number, edges: number): { readonly nodes: number; readonly edges: number } {
  return { nodes: Math.ceil(nodes / EPOCH_NODES_PER_PAGE), edges: Math.ceil(edges / EPOCH_EDGES_PER_PAGE) }
}

function* recordsOf(
  pages: readonly Uint8Array[],
  perPage: number,
  bytes: number,
): Generator<[DataView, number, Uint8Array]> {
  for (const [i, page] of pages.entries()) {
    const count = page.length / bytes
    if (
      !Number.isInteger(count) ||
      count < 1 ||
      count > perPage ||
      (i + 1 < pages.length && count !== perPage)
    )
      throw invalid(`page ${i} has ${page.length} bytes`)
    const view = new DataView(page.buffer, page.byteOffset, page.length)
    for (let at = 0; at < page.length; at += bytes) yield [view, at, page]
  }
}

/** Errors: EPOCH_INPUT_INVALID for anything but the canonical pages of one input. */
export function decodeInput(epoch: number, pages: EpochPages): EpochInput {
  const nodes: EpochNode[] = []
  for (const [view, at, page] of recordsOf(pages.nodes, EPOCH_NODES_PER_PAGE, NODE_BYTES)) {
    const address = asAddress(page.slice(at, at + 32))
    const before = nodes.at(-1)
    if (before !== undefined && compareBytes(before.address, address) >= 0)
      throw invalid('agents out of order')
    if (view.getBigUint64(at + 104) !== 0n) throw invalid('a padding that is not zero')
    const figure = (i: number): number => readAmount(view, at + 32 + 8 * i)
    const node = {
      address,
      settled: figure(0),
      failed: figure(1),
      tasks: figure(2),
      lost: figure(3),
      latency: figure(4),
      latencyWeight: figure(5),
      touched: figure(6),
      bond: view.getBigUint64(at + 88),
      prior: view.getBigUint64(at + 96),
    }
    if (node.touched > epoch) throw invalid('a record from a later epoch')
    nodes.push(node)
  }
  const edges: EpochEdge[] = []
  for (const [view, at] of recordsOf(pages.edges, EPOCH_EDGES_PER_PAGE, EDGE_BYTES)) {
    const edge = {
      from: view.getUint32(at),
      to: view.getUint32(at + 4),
      satisfied: readAmount(view, at + 8),
      unsatisfied: readAmount(view, at + 16),
      touched: readAmount(view, at + 24),
    }
    const before = edges.at(-1)
    const ascends =
      before === undefined || before.from < edge.from || (before.from === edge.from && before.to < edge.to)
    if (!ascends) throw invalid('relations out of order')
    if (edge.from === edge.to || edge.from >= nodes.length || edge.to >= nodes.length)
      throw invalid('a relation that names no two agents')
    if (edge.touched > epoch) throw invalid('a relation from a later epoch')
    edges.push(edge)
  }
  if (nodes.length > EPOCH_NODES_MAX || edges.length > EPOCH_EDGES_MAX)
    throw invalid('more than EPOCH_NODES_MAX agents or EPOCH_EDGES_MAX relations')
  return { epoch, nodes, edges }
}

/** Names the input: frame, epoch, counts and every page. PERF: hashes up to 3 MB. */
export function inputDigest(frame: Hash, { epoch, nodes, edges }: EpochInput, pages: EpochPages): Hash {
  const counts = new Uint8Array(16)
  const view = new DataView(counts.buffer)
  view.setBigUint64(0, BigInt(epoch))
  view.setUint32(8, nodes.length)
  view.setUint32(12, edges.length)
  const hashes = [...pages.nodes, ...pages.edges].map((page) => sha256(page))
  return domainDigest('trust-input', frame, concat(counts, ...hashes))
}

function invalid(why: string): ReputationError {
  return new ReputationError('EPOCH_INPUT_INVALID', `the pages are no input of an epoch: ${why}`)
}
