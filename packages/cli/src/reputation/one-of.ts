import { usage } from '../parse.ts'

/** Errors: USAGE. */
export function oneOf<T extends string>(text: string, names: readonly T[], what: string): T {
  const found = names.find((name) => name === text)
  if (found === undefined) throw usage(`${what}: "${text.slice(0, 40)}" is none of ${names.join(', ')}`)
  return found
}
