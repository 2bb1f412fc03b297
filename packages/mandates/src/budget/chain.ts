/** Chains of mandates: principal → orchestrator → worker. */
import { type Address, equalBytes, formatAddress, type Hash } from '@symbolon/primitives'
import type { Signer } from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import { DEPTH_MAX } from '../limits.ts'
import {
  type KeyCheck,
  type Mandate,
  mandateDigest,
  type SignedMandate,
  verifyMandateSignature,
} from './mandate.ts'
import { checkNarrows } from './narrowing.ts'

/** Signs as issuer. `signer` holds the principal's key, or stands before a delegate's interceptor. */
export async function signMandate(of: Mandate, signer: Signer): Promise<SignedMandate> {
  const signature = await signer.sign(mandateDigest(of))
  return { mandate: of, publicKey: signer.publicKey, signature }
}

/** A child of `parent`: every bound is inherited unless `changes` narrows it. Errors: MANDATE_WIDENED. */
export function narrow(
  parent: Mandate,
  changes: Partial<Mandate> & Pick<Mandate, 'delegate' | 'nonce'>,
): Mandate {
  const child: Mandate = { ...parent, ...changes, parent: mandateDigest(parent), issuer: parent.delegate }
  checkNarrows(child, parent)
  return child
}

/** `parent` undefined: the first of a chain. Errors: MANDATE_PARENT, MANDATE_ISSUER, MANDATE_WIDENED. */
export function checkLink(child: Mandate, parent: Mandate | undefined): void {
  const expected = parent === undefined ? undefined : mandateDigest(parent)
  const linked =
    expected === undefined
      ? child.parent === undefined
      : child.parent !== undefined && equalBytes(child.parent, expected)
  if (!linked)
    throw new MandatesError(
      'MANDATE_PARENT',
      'the mandate does not name the one before it: pass the chain from the principal on',
    )
  if (parent === undefined) return
  if (!equalBytes(child.issuer, parent.delegate))
    throw new MandatesError(
      'MANDATE_ISSUER',
      `only ${formatAddress(parent.delegate)} may delegate this mandate further`,
    )
  checkNarrows(child, parent)
}

/**
 * Checks a chain offline, principal's mandate first, and returns the last. Errors in order: MANDATE_DEPTH, then for each
 * mandate MANDATE_FRAME, MANDATE_PARENT, MANDATE_ISSUER (also: the first is not from `principal`), MANDATE_WIDENED,
 * MANDATE_SIGNATURE. Expiry is not checked here: it is a matter of the moment of use.
 */
export function verifyChain(
  chain: readonly SignedMandate[],
  trust: { frame: Hash; principal: Address; mayKeySign?: KeyCheck },
): Mandate {
  if (chain.length === 0 || chain.length > DEPTH_MAX)
    throw new MandatesError('MANDATE_DEPTH', `a chain has 1 to ${DEPTH_MAX} mandates, not ${chain.length}`, {
      details: { depth: chain.length, DEPTH_MAX },
    })
  let parent: Mandate | undefined
  for (const signed of chain) {
    const { mandate: of } = signed
    if (!equalBytes(of.frame, trust.frame))
      throw new MandatesError('MANDATE_FRAME', 'the mandate is for another frame: it authorises nothing here')
    checkLink(of, parent)
    if (parent === undefined && !equalBytes(of.issuer, trust.principal))
      throw new MandatesError(
        'MANDATE_ISSUER',
        `the chain does not start with ${formatAddress(trust.principal)}`,
      )
    verifyMandateSignature(signed, trust.mayKeySign)
    parent = of
  }
  return parent as Mandate
}
