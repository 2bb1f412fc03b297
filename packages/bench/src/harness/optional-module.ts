/** Peers are dependencies of the repository's development only: a benchmark skips what is not there. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Undefined if the package is not installed; an installed one that fails to load throws. */
export function optionalModule<T>(name: string): T | undefined {
  try {
    require.resolve(name)
  } catch {
    return undefined
  }
  return require(name) as T
}
