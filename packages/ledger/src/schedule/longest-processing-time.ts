/**
 * Longest-processing-time assignment: the costliest component goes to the worker with the least so far. The makespan is at
 * most 4/3 − 1/(3p) of the optimum (Graham 1969). Ties go to the earlier component and the lower worker, so that the plan is a
 * function of its input, although no result depends on it.
 */
export function assignLongestFirst(costs: readonly bigint[], workers: number): number[][] {
  const order = costs
    .map((_, item) => item)
    .sort((a, b) => compare(costs[b] as bigint, costs[a] as bigint) || a - b)
  const loads = new Array<bigint>(workers).fill(0n)
  const assigned: number[][] = Array.from({ length: workers }, () => [])
  for (const item of order) {
    let least = 0
    for (let worker = 1; worker < workers; worker++)
      if ((loads[worker] as bigint) < (loads[least] as bigint)) least = worker
    loads[least] = (loads[least] as bigint) + (costs[item] as bigint)
    assigned[least]?.push(item)
  }
  return assigned
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
