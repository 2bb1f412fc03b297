import type { Amount } from '@symbolon/primitives'

/** `Math.min` takes no bigint. */
export function lesser(a: Amount, b: Amount): Amount {
  return a < b ? a : b
}
