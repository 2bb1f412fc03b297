/**
 * Runs costly components on worker threads (CON-085), cheap ones here. Copying a component to a worker and back costs about 20 µs
 * per transaction, so transfers never go; chains of hash-walking redemptions do. Where a component runs changes nothing
 * that comes out (DESIGN §6.3).
 */
import { POOL_COMPONENT_GAS_MIN, WORKERS_DEFAULT } from '../limits.ts'
import { componentsOf } from '../schedule/components.ts'
import { declaredKeys } from '../schedule/declared-keys.ts'
import { assignLongestFirst } from '../schedule/longest-processing-time.ts'
import { Thread, type ThreadInstaller } from '../thread/thread.ts'
import { type ComponentResult, runComponent } from './component.ts'
import { requestFor } from './component-message.ts'
import { type ExecutedComponent, type Executor, inlineExecutor } from './executor.ts'

export interface ComponentPoolOptions {
  readonly workers?: number
  /** URL of a module that exports MODULES: the same list as the ledger's. By default this package's own. */
  readonly modules?: string
  readonly installer?: ThreadInstaller
  /** Gas limit of a component from which on it goes to a worker. */
  readonly componentGasMin?: bigint
}

export interface ComponentPool extends Executor {
  /** Components that a thread failed on and that ran here instead: nothing is lost by it but time; to be watched. */
  readonly fallbacks: number
}

export function createComponentPool(options: ComponentPoolOptions = {}): ComponentPool {
  const { workers = WORKERS_DEFAULT, componentGasMin = POOL_COMPONENT_GAS_MIN, installer } = options
  const extension = import.meta.url.slice(-3)
  const modules = options.modules ?? new URL(`../modules${extension}`, import.meta.url).href
  const module = new URL(`../thread/component-worker${extension}`, import.meta.url)
  const threads = Array.from({ length: workers }, () => new Thread(module, { modules, installer }))

  let fallbacks = 0
  return {
    get fallbacks() {
      return fallbacks
    },
    async execute(candidates, source, environment, rules) {
      const gasOf = (positions: Iterable<number>): bigint => {
        let gas = 0n
        for (const position of positions) gas += candidates[position]?.transaction.body.gasLimit ?? 0n
        return gas
      }
      // A block that is cheap as a whole needs no schedule.
      if (workers === 0 || gasOf(candidates.keys()) < componentGasMin)
        return inlineExecutor.execute(candidates, source, environment, rules)
      const components = componentsOf(candidates.map((candidate) => declaredKeys(candidate, rules.registry)))
      const costs = components.map(gasOf)
      const heavy = components.filter((_, i) => (costs[i] as bigint) >= componentGasMin)
      const light = components
        .filter((_, i) => (costs[i] as bigint) < componentGasMin)
        .flat()
        .sort((a, b) => a - b)
      const pick = (positions: readonly number[]) =>
        positions.map((position) => candidates[position] as (typeof candidates)[number])
      const sent: Promise<ExecutedComponent>[] = []
      for (const [worker, assigned] of assignLongestFirst(heavy.map(gasOf), workers).entries())
        for (const item of assigned) {
          const positions = heavy[item] as number[]
          const request = requestFor(pick(positions), source, environment, rules.registry)
          const answer = (threads[worker] as Thread).request<ComponentResult>(request).catch(() => {
            fallbacks++
            return runComponent(pick(positions), source, environment, rules)
          })
          sent.push(answer.then((result) => ({ positions, result })))
        }
      // Light components share one working state: in block order, that is what running them apart would give.
      const here: ExecutedComponent[] =
        light.length === 0
          ? []
          : [{ positions: light, result: runComponent(pick(light), source, environment, rules) }]
      return [...(await Promise.all(sent)), ...here]
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}
