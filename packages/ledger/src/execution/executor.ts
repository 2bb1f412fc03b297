/** Who runs the components of a block. Implementations differ in where, never in what comes out (DESIGN §6.3). */
import type { StateSource } from '../state/committed-state.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import type { InclusionRules } from '../transaction/check.ts'
import { type ComponentResult, runComponent } from './component.ts'
import type { BlockEnvironment } from './transaction-context.ts'

/** A component by its positions in the block, ascending, and what ran out of it. */
export interface ExecutedComponent {
  readonly positions: readonly number[]
  readonly result: ComponentResult
}

export interface Executor {
  execute(
    candidates: readonly TransactionCandidate[],
    source: StateSource,
    environment: BlockEnvironment,
    rules: InclusionRules,
  ): Promise<readonly ExecutedComponent[]>
  close(): Promise<void>
}

/** In this thread, in block order: what any schedule must be equal to, and the fastest for cheap transactions. */
export const inlineExecutor: Executor = {
  async execute(candidates, source, environment, rules) {
    if (candidates.length === 0) return []
    return [
      {
        positions: candidates.map((_, position) => position),
        result: runComponent(candidates, source, environment, rules),
      },
    ]
  },
  async close() {},
}
