/**
 * Who trains and who is tested (TRU-055). Rows of one group (a graph, a Sybil operation) never straddle. The node split
 * exists for comparison: features are computed on the whole graph, so it leaks and its figures flatter.
 */
import { ReputationError } from '../errors.ts'
import type { Random } from '../random.ts'

export interface Split {
  readonly name: string
  /** Row numbers, ascending. */
  readonly train: Uint32Array
  readonly test: Uint32Array
}

function impossible(message: string): never {
  throw new ReputationError('SPLIT_IMPOSSIBLE', message)
}

function splitWhere(name: string, rows: number, inTest: (row: number) => boolean): Split {
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  return { name, train: all.filter((row) => !inTest(row)), test: all.filter(inTest) }
}

/** `folds` parts of the rows, each class spread evenly. For comparison only. Errors: SPLIT_IMPOSSIBLE. */
export function nodeSplits(labels: ArrayLike<number>, folds: number, random: Random): Split[] {
  if (!(folds >= 2) || labels.length < folds)
    impossible(`${labels.length} rows cannot fill ${folds} folds; give at least 2 folds and a row for each`)
  const foldOf = new Uint32Array(labels.length)
  const classes = new Map<number, number[]>()
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number
    const members = classes.get(label) ?? []
    members.push(row)
    classes.set(label, members)
  }
  let next = 0
  for (const label of [...classes.keys()].sort((a, b) => a - b))
    for (const row of random.shuffle(classes.get(label) as number[])) foldOf[row] = next++ % folds
  return Array.from({ length: folds }, (_, fold) =>
    splitWhere(`fold ${fold}`, labels.length, (row) => foldOf[row] === fold),
  )
}

/** Names of the groups in the order of first appearance do not matter: they are sorted. */
function sortedGroups(groups: readonly string[]): string[] {
  return [...new Set(groups)].sort((a, b) => (a < b ? -1 : 1))
}

/** One split per group: it is tested, all others train. Errors: SPLIT_IMPOSSIBLE. */
export function leaveOneGroupOut(groups: readonly string[]): Split[] {
  const names = sortedGroups(groups)
  if (names.length < 2) impossible('leaving one group out needs at least two groups')
  return names.map((name) => splitWhere(name, groups.length, (row) => groups[row] === name))
}

/**
 * `folds` parts of whole groups, as equal in rows as the largest group allows: larger groups first, each to the fold with
 * the fewest rows; `random` orders groups of one size. Errors: SPLIT_IMPOSSIBLE.
 */
export function groupKFold(groups: readonly string[], folds: number, random: Random): Split[] {
  const names = sortedGroups(groups)
  if (!(folds >= 2) || names.length < folds)
    impossible(
      `${names.length} groups cannot fill ${folds} folds; give at least 2 folds and a group for each`,
    )
  const sizes = new Map(names.map((name) => [name, 0]))
  for (const name of groups) sizes.set(name, (sizes.get(name) as number) + 1)
  const foldOf = new Map<string, number>()
  const filled = new Array<number>(folds).fill(0)
  const bySize = random
    .shuffle([...names])
    .sort((a, b) => (sizes.get(b) as number) - (sizes.get(a) as number))
  for (const name of bySize) {
    const fold = filled.indexOf(Math.min(...filled))
    foldOf.set(name, fold)
    filled[fold] = (filled[fold] as number) + (sizes.get(name) as number)
  }
  return Array.from({ length: folds }, (_, fold) =>
    splitWhere(`fold ${fold}`, groups.length, (row) => foldOf.get(groups[row] as string) === fold),
  )
}

/** What happened before `at` trains, the rest is tested. Errors: SPLIT_IMPOSSIBLE if either is empty or a time is missing. */
export function timeSplit(times: ArrayLike<number>, at: number): Split {
  for (let row = 0; row < times.length; row++)
    if (!Number.isFinite(times[row]))
      impossible(`row ${row} has no time; a time split needs one for every row`)
  const split = splitWhere(`from ${at}`, times.length, (row) => (times[row] as number) >= at)
  if (split.train.length === 0 || split.test.length === 0)
    impossible(
      `${split.train.length} rows before ${at}, ${split.test.length} from it on; choose a time within`,
    )
  return split
}

/** The time that leaves `share` of the rows at or after it. Errors: SPLIT_IMPOSSIBLE if all times are equal. */
export function splitTime(times: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(times).sort()
  const at = sorted[Math.min(sorted.length - 1, Math.ceil((1 - share) * sorted.length))]
  if (at === undefined || !((sorted[0] as number) < at))
    impossible('all rows have one time; nothing separates them')
  return at
}
