/**
 * Three teleport walks over one matrix at once. A step of a walk on a large graph waits for memory: side by side, the masses of a
 * node lie in one cache line, and three walks cost little more than one. Each result has the bits that `teleportWalk` gives.
 */
import type { Csr } from '../graph/csr.ts'
import { TELEPORT_STEPS_MAX } from '../limits.ts'
import { reciprocals } from './gather.ts'
import { type Ranking, requireDamping, type Stopping } from './teleport.ts'

export interface TeleportTask {
  readonly prior: Float64Array
  readonly damping: number
}

export type Three<T> = readonly [T, T, T]

/** The change is measured by the 1-norm; a walk that has converged is taken as it was then. Errors: PARAMETER_INVALID. */
export function threeTeleportWalks(
  incoming: Csr,
  outWeights: Float64Array,
  tasks: Three<TeleportTask>,
  { tolerance = 1e-12, stepsMax = TELEPORT_STEPS_MAX }: Pick<Stopping, 'tolerance' | 'stepsMax'> = {},
): Three<Ranking> {
  for (const { damping } of tasks) requireDamping(damping)
  const { size } = incoming
  const share = reciprocals(outWeights)
  const scaled = new Float64Array(3 * size)
  const current = new Float64Array(3 * size)
  for (const [c, { prior }] of tasks.entries())
    for (let i = 0; i < size; i++) current[3 * i + c] = prior[i] as number
  const found: (Ranking | undefined)[] = [undefined, undefined, undefined]
  const changes = new Float64Array(3)
  for (let steps = 1; steps <= stepsMax && found.includes(undefined); steps++) {
    step(incoming, share, tasks, scaled, current, changes)
    for (const [c, residual] of changes.entries()) {
      const converged = residual < tolerance
      if (found[c] !== undefined || !(converged || steps === stepsMax)) continue
      const scores = new Float64Array(size)
      for (let i = 0; i < size; i++) scores[i] = current[3 * i + c] as number
      found[c] = { scores, convergence: { steps, residual, converged } }
    }
  }
  return found as unknown as Three<Ranking>
}

/** One step of all three, in place: the flow is read from `scaled`, so `current` may be overwritten row by row. */
function step(
  { size, offsets, columns, weights }: Csr,
  share: Float64Array,
  [a, b, c]: Three<TeleportTask>,
  scaled: Float64Array,
  current: Float64Array,
  changes: Float64Array,
): void {
  let danglingA = 0
  let danglingB = 0
  let danglingC = 0
  for (let i = 0; i < size; i++) {
    const portion = share[i] as number
    const at = 3 * i
    const [massA, massB, massC] = [
      current[at] as number,
      current[at + 1] as number,
      current[at + 2] as number,
    ]
    if (portion === 0) {
      danglingA += massA
      danglingB += massB
      danglingC += massC
    }
    scaled[at] = massA * portion
    scaled[at + 1] = massB * portion
    scaled[at + 2] = massC * portion
  }
  const jumpA = a.damping * danglingA + (1 - a.damping)
  const jumpB = b.damping * danglingB + (1 - b.damping)
  const jumpC = c.damping * danglingC + (1 - c.damping)
  let changeA = 0
  let changeB = 0
  let changeC = 0
  let k = 0
  for (let j = 0; j < size; j++) {
    const end = offsets[j + 1] as number
    let flowA = 0
    let flowB = 0
    let flowC = 0
    for (; k < end; k++) {
      const weight = weights[k] as number
      const from = 3 * (columns[k] as number)
      flowA += weight * (scaled[from] as number)
      flowB += weight * (scaled[from + 1] as number)
      flowC += weight * (scaled[from + 2] as number)
    }
    const at = 3 * j
    const valueA = a.damping * flowA + jumpA * (a.prior[j] as number)
    const valueB = b.damping * flowB + jumpB * (b.prior[j] as number)
    const valueC = c.damping * flowC + jumpC * (c.prior[j] as number)
    changeA += Math.abs(valueA - (current[at] as number))
    changeB += Math.abs(valueB - (current[at + 1] as number))
    changeC += Math.abs(valueC - (current[at + 2] as number))
    current[at] = valueA
    current[at + 1] = valueB
    current[at + 2] = valueC
  }
  changes[0] = changeA
  changes[1] = changeB
  changes[2] = changeC
}
