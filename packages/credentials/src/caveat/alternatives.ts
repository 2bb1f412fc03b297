import { CredentialError } from '../errors.ts'
import { attenuateAll } from '../macaroon/attenuate.ts'
import type { Macaroon } from '../macaroon/macaroon.ts'
import { isStateful } from './catalogue.ts'
import { parseCaveat } from './parse.ts'

/**
 * Caveats have no "or" (CV-7): "provider A or provider B" takes one credential for each. The siblings share every
 * counter of `parent`, so together they cannot exceed its caps. That needs a cap to share: without a counted caveat
 * in the parent each sibling could spend the whole.
 *
 * @throws CAVEAT_COUNTERS_REQUIRED if the parent has no counted caveat
 * @throws MACAROON_CAVEATS_TOO_MANY, MACAROON_CAVEAT_TOO_LONG
 */
export function attenuateAlternatives(
  parent: Macaroon,
  alternatives: readonly (readonly string[])[],
): readonly Macaroon[] {
  const capped = parent.caveats.some((caveat) => {
    const clauses = parseCaveat(caveat.identifier)
    return typeof clauses !== 'string' && clauses.some(({ entry }) => isStateful(entry))
  })
  if (!capped)
    throw new CredentialError(
      'CAVEAT_COUNTERS_REQUIRED',
      'siblings would each have the whole authority: first attenuate the parent with a cap that they share',
    )
  return alternatives.map((conditions) => attenuateAll(parent, conditions))
}
