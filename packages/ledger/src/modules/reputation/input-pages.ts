/** The pages of an epoch's input in the state. */
import { decode, encode, equalBytes } from '@symbolon/primitives'
import { TRUST_EDGE_PAGES_MAX, TRUST_NODE_PAGES_MAX, trustPage, trustPageKey } from '@symbolon/protocol'
import { type EpochPages, pageCounts } from '@symbolon/reputation'
import type { StateKey } from '../../module.ts'
import type { StateAccess } from './trust-records.ts'

/** Where an input stands, and how large it is. */
export interface InputPlace {
  readonly slot: number
  readonly nodes: number
  readonly edges: number
}

/** Keys of all pages, agents first. At most 48. */
export function pageKeys({ slot, nodes, edges }: InputPlace): StateKey[] {
  const counts = pageCounts(nodes, edges)
  return (['nodes', 'edges'] as const).flatMap((part) =>
    Array.from(
      { length: counts[part] },
      (_, page): StateKey => ({
        namespace: 'reputation',
        key: trustPageKey(slot, part, page),
      }),
    ),
  )
}

/** Undefined beyond the last page of what stands in the slot. */
export function readPage(
  read: StateAccess['read'],
  slot: number,
  part: 'nodes' | 'edges',
  page: number,
): Uint8Array | undefined {
  const stored = read('reputation', trustPageKey(slot, part, page))
  return stored === undefined ? undefined : decode(trustPage, stored)
}

export function readPages(read: StateAccess['read'], place: InputPlace): EpochPages {
  const counts = pageCounts(place.nodes, place.edges)
  const pages = pageKeys(place).map(({ namespace, key }) => {
    const stored = read(namespace, key)
    return stored === undefined ? new Uint8Array(0) : decode(trustPage, stored)
  })
  return { nodes: pages.slice(0, counts.nodes), edges: pages.slice(counts.nodes) }
}

/** Replaces what stood in the slot. A page that has not changed is not written. */
export function writePages(context: StateAccess, slot: number, pages: EpochPages): void {
  for (const [part, most] of [
    ['nodes', TRUST_NODE_PAGES_MAX],
    ['edges', TRUST_EDGE_PAGES_MAX],
  ] as const)
    for (let page = 0; page < most; page++) {
      const key = trustPageKey(slot, part, page)
      const before = context.read('reputation', key)
      const bytes = pages[part][page]
      const after = bytes === undefined ? undefined : encode(trustPage, bytes)
      if (before === undefined && after === undefined) break
      if (before !== undefined && after !== undefined && equalBytes(before, after)) continue
      context.write('reputation', key, after)
    }
}
