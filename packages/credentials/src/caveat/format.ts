import { CredentialError } from '../errors.ts'
import { CLAUSES_PER_CAVEAT_MAX } from '../limits.ts'
import { CATALOGUE } from './catalogue.ts'
import { parseValue } from './parse.ts'

/** A limit per window: at most `amount` in each `windowSeconds`, counted from Unix time `from`. */
export interface WindowLimit {
  readonly amount: bigint
  readonly windowSeconds: bigint
  readonly from: bigint
}

/**
 * The canonical text of a clause, such as `formatCaveat('expiry_before', 1717027200n)`.
 *
 * @throws CAVEAT_UNKNOWN if no verifier of this package would understand the name
 * @throws CAVEAT_MALFORMED if the value has no canonical text under that name
 */
export function formatCaveat(name: string, value: string | bigint | WindowLimit): string {
  const entry = CATALOGUE.get(name)
  if (entry === undefined)
    throw new CredentialError(
      'CAVEAT_UNKNOWN',
      `no caveat is called "${name}"; README.md lists the catalogue`,
    )
  let text: string
  if (typeof value === 'object') text = `${value.amount}/${value.windowSeconds}@${value.from}`
  else text = entry.syntax === 'quoted' ? `"${value}"` : String(value)
  if (parseValue(entry.syntax, text) === undefined)
    throw new CredentialError('CAVEAT_MALFORMED', `"${text}" is no canonical ${entry.syntax} for "${name}"`)
  return `${name}${entry.operator}${text}`
}

/**
 * Several clauses in one caveat, such as a task and its budget: all must hold.
 * @throws CAVEAT_MALFORMED if there are none or more than CLAUSES_PER_CAVEAT_MAX
 */
export function joinClauses(...clauses: readonly string[]): string {
  if (clauses.length === 0 || clauses.length > CLAUSES_PER_CAVEAT_MAX)
    throw new CredentialError(
      'CAVEAT_MALFORMED',
      `a caveat holds 1 to CLAUSES_PER_CAVEAT_MAX = ${CLAUSES_PER_CAVEAT_MAX} clauses; add the rest as caveats`,
    )
  return clauses.join(' AND ')
}
