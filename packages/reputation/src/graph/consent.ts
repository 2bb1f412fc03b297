/**
 * The consented layer M (TRU-006): what both sides want. min(w_ij, w_ji), or what the target accepted if that is more. A merge of
 * each node's row of out-edges with its row of in-edges, both ascending: O(edges), two passes, the first one counts.
 */
import { type Csr, transpose } from './csr.ts'

export function consentedLayer(support: Csr, accepted?: Csr): Csr {
  const back = transpose(support)
  const agreedBack = accepted === undefined ? undefined : transpose(accepted)
  const { size } = support
  const offsets = new Uint32Array(size + 1)
  let entries = 0
  for (let i = 0; i < size; i++) {
    mutualRow(support, back, accepted, agreedBack, i, () => entries++)
    offsets[i + 1] = entries
  }
  const columns = new Uint32Array(entries)
  const weights = new Float64Array(entries)
  let place = 0
  const put = (column: number, weight: number): void => {
    columns[place] = column
    weights[place++] = weight
  }
  for (let i = 0; i < size; i++) mutualRow(support, back, accepted, agreedBack, i, put)
  return { size, offsets, columns, weights }
}

/** Weight of the pair: symmetric in its arguments pair by pair. 0 if there is no consent. */
export function consentOf(out: number, into: number, agreedOut: number, agreedInto: number): number {
  return Math.max(Math.min(out, into), agreedOut + agreedInto)
}

/** Calls `visit` for the columns of row i of M, ascending. */
function mutualRow(
  out: Csr,
  into: Csr,
  agreedOut: Csr | undefined,
  agreedInto: Csr | undefined,
  i: number,
  visit: (column: number, weight: number) => void,
): void {
  let a = out.offsets[i]!
  let b = into.offsets[i]!
  const aEnd = out.offsets[i + 1]!
  const bEnd = into.offsets[i + 1]!
  if (agreedOut === undefined || agreedInto === undefined) {
    while (a < aEnd && b < bEnd) {
      const difference = out.columns[a]! - into.columns[b]!
      if (difference === 0) visit(out.columns[a]!, Math.min(out.weights[a]!, into.weights[b]!))
      if (difference <= 0) a++
      if (difference >= 0) b++
    }
    return
  }
  let c = agreedOut.offsets[i]!
  let d = agreedInto.offsets[i]!
  const cEnd = agreedOut.offsets[i + 1]!
  const dEnd = agreedInto.offsets[i + 1]!
  while (a < aEnd || b < bEnd) {
    const column = Math.min(a < aEnd ? out.columns[a]! : out.size, b < bEnd ? into.columns[b]! : out.size)
    const at = (csr: Csr, place: number, end: number): boolean => place < end && csr.columns[place] === column
    const weight = consentOf(
      at(out, a, aEnd) ? out.weights[a++]! : 0,
      at(into, b, bEnd) ? into.weights[b++]! : 0,
      at(agreedOut, c, cEnd) ? agreedOut.weights[c++]! : 0,
      at(agreedInto, d, dEnd) ? agreedInto.weights[d++]! : 0,
    )
    if (weight > 0) visit(column, weight)
  }
}
