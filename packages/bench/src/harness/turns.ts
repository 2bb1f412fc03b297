/**
 * Subjects take turns, so that whatever else runs on the machine hits all of them: there and back (a b, b a, a b …), because
 * a drift would otherwise always favour the same one.
 */

/** Does its work once and says how many operations per second that were. */
export type Turn = () => number | Promise<number>

/** Rates of each subject in the order of the rounds. The first round warms up and is not counted. */
export async function takeTurns<Name extends string>(
  subjects: Readonly<Record<Name, Turn>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[]
  const rates = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse()
    for (const name of order) {
      const rate = await subjects[name]()
      if (round > 0) rates[name].push(rate)
    }
  }
  return rates
}

/** Operations per second of `operation`, called until `turnMs` have passed, `perCheck` times between looks at the clock. */
export function timed(turnMs: number, operation: () => void, perCheck = 64): number {
  const started = performance.now()
  let count = 0
  let now = started
  do {
    for (let i = 0; i < perCheck; i++) operation()
    count += perCheck
    now = performance.now()
  } while (now - started < turnMs)
  return (count * 1_000) / (now - started)
}

/**
 * Operations per second of one call that does `count` of them. `processorTimes` is given the microseconds of processor time that
 * each took, all threads of this process together: what other processes do does not count in it.
 */
export async function counted(
  count: number,
  operation: () => void | Promise<void>,
  processorTimes: number[] = [],
): Promise<number> {
  const before = process.cpuUsage()
  const started = performance.now()
  await operation()
  const rate = (count * 1_000) / (performance.now() - started)
  const { user, system } = process.cpuUsage(before)
  processorTimes.push((user + system) / count)
  return rate
}
