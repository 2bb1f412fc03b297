/**
 * TRU-007. A pair that endorses each other keeps 82 % of both weights, or 91 % if different anchors have verified the two. Never
 * less for mere mutuality: four fifths of the edges of real rating networks are mutual (83.2 % in Bitcoin Alpha).
 */
import { transpose } from '../csr.ts'
import type { TrustGraph } from '../trust-graph.ts'
import type { GraphRule } from './graph-rule.ts'

export interface ReciprocalOptions {
  /** 0.82 unless told. */
  readonly factor?: number
  /** 0.91 unless told. */
  readonly verifiedFactor?: number
}

export function reciprocalRule({ factor = 0.82, verifiedFactor = 0.91 }: ReciprocalOptions = {}): GraphRule {
  return ({ graph, context, multiply, find }) => {
    const { support } = graph
    const back = transpose(support)
    const verifier = verifiers(graph, context.verifiedBy)
    const mutual = find({ rule: 'reciprocal', why: `mutual endorsement: × ${factor}`, nodes: [] })
    const verified = find({
      rule: 'reciprocal',
      why: `mutual endorsement, verified by different anchors: × ${verifiedFactor}`,
      nodes: [],
    })
    for (let i = 0; i < support.size; i++) {
      let a = support.offsets[i]!
      let b = back.offsets[i]!
      while (a < support.offsets[i + 1]! && b < back.offsets[i + 1]!) {
        const j = support.columns[a]!
        const difference = j - back.columns[b]!
        if (difference === 0) {
          const isVerified = verifier[i]! > 0 && verifier[j]! > 0 && verifier[i] !== verifier[j]
          multiply(a, isVerified ? verifiedFactor : factor, isVerified ? verified : mutual)
        }
        if (difference <= 0) a++
        if (difference >= 0) b++
      }
    }
  }
}

/** A number per anchor, from 1; 0 for agents that nobody has verified. */
function verifiers({ nodes }: TrustGraph, verifiedBy?: ReadonlyMap<string, string>): Uint32Array {
  const numbers = new Map<string, number>()
  const by = new Uint32Array(nodes.size)
  for (const [id, anchor] of verifiedBy ?? []) {
    const node = nodes.indexOf(id)
    if (node === undefined) continue
    if (!numbers.has(anchor)) numbers.set(anchor, numbers.size + 1)
    by[node] = numbers.get(anchor)!
  }
  return by
}
