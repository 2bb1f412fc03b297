/**
 * Delegation only narrows (BT-3, CV-2). A child states every bound that its parent has, at most as wide; so the last
 * mandate of a chain, read alone, never promises more than the whole chain allows. Bounds are also enforced at every
 * level when money moves: this check catches a bad chain early, it is not what keeps the money safe.
 */
import { type Amount, equalBytes, hashKey } from '@symbolon/primitives'
import { MandatesError } from '../errors.ts'
import type { Mandate, RateWindow } from './mandate.ts'
import { isWithin } from './resource.ts'

/** Present and at most the parent's, or the parent sets no bound. */
function withinBound(child: Amount | undefined, parent: Amount | undefined): boolean {
  return parent === undefined || (child !== undefined && child <= parent)
}

/** A longer window with no higher limit implies the shorter one. */
function implies(child: RateWindow, parent: RateWindow): boolean {
  return child.seconds >= parent.seconds && child.limit <= parent.limit
}

function providersWithin(child: Mandate, parent: Mandate): boolean {
  if (parent.providers === undefined) return true
  const allowed = new Set(parent.providers.map(hashKey))
  return child.providers?.every((one) => allowed.has(hashKey(one))) ?? false
}

function resourcesWithin(child: Mandate, parent: Mandate): boolean {
  const { resources } = parent
  if (resources === undefined) return true
  return child.resources?.every((one) => resources.some((prefix) => isWithin(one, prefix))) ?? false
}

/** Fail-closed is the narrowest; a backstop may only shrink. */
function backstopWithin(child: Mandate, parent: Mandate): boolean {
  return child.backstop === undefined || (parent.backstop !== undefined && child.backstop <= parent.backstop)
}

/** The first field in which `child` is wider than `parent`; undefined if it is nowhere. */
export function widenedField(child: Mandate, parent: Mandate): string | undefined {
  const checks: Record<string, boolean> = {
    frame: equalBytes(child.frame, parent.frame),
    'caps.total': child.caps.total <= parent.caps.total,
    'caps.perCall': withinBound(child.caps.perCall, parent.caps.perCall),
    'caps.perTask': withinBound(child.caps.perTask, parent.caps.perTask),
    'caps.perProvider': withinBound(child.caps.perProvider, parent.caps.perProvider),
    windows: parent.windows.every((bound) => child.windows.some((one) => implies(one, bound))),
    providers: providersWithin(child, parent),
    resources: resourcesWithin(child, parent),
    task: parent.task === undefined || child.task === parent.task,
    expiresAt: withinBound(child.expiresAt, parent.expiresAt),
    expiresAtHeight: withinBound(child.expiresAtHeight, parent.expiresAtHeight),
    backstop: backstopWithin(child, parent),
    'supervision.checkpointAbove': withinBound(
      child.supervision?.checkpointAbove,
      parent.supervision?.checkpointAbove,
    ),
    'supervision.superviseAbove': withinBound(
      child.supervision?.superviseAbove,
      parent.supervision?.superviseAbove,
    ),
  }
  return Object.keys(checks).find((field) => checks[field] === false)
}

/** Throws MANDATE_WIDENED naming the field. */
export function checkNarrows(child: Mandate, parent: Mandate): void {
  const field = widenedField(child, parent)
  if (field === undefined) return
  throw new MandatesError(
    'MANDATE_WIDENED',
    `the mandate is wider than its parent in ${field}: state the bound, and at most the parent's`,
    { details: { field } },
  )
}
