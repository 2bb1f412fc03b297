/** Steps that wait for the other side end: purchases take turns, and one that hung would hold up all others. */
import { SdkError } from '../errors.ts'

/** Ends the wait, not the step. Errors: `code`, with what was waited for. */
export async function within<T>(step: Promise<T>, ms: number, code: string, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SdkError(code, `no ${what} within ${ms} ms; try again later`)), ms)
  })
  // Whatever becomes of a step that is no longer waited for is found in the channel's state.
  step.catch(() => {})
  try {
    return await Promise.race([step, late])
  } finally {
    clearTimeout(timer)
  }
}
