/**
 * Phase markers. A process names each point of interest on its standard output; its parent may have asked it (second argument,
 * `marker#occurrence`) to stand still there, so that the kill hits exactly this point and not a moment later.
 */
import { writeSync } from 'node:fs'

const [holdName = '', holdCount = '1'] = (process.argv[3] ?? '').split('#')
let seen = 0

export function marker(name: string): void {
  writeSync(1, `${name}\n`)
  if (name !== holdName) return
  seen += 1
  if (seen !== Number(holdCount)) return
  writeSync(1, 'held\n')
  // Nothing runs any more: no timer, no socket, no flush. Only a kill ends it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** A parent that dies takes the pipe with it: nothing is left running. Its lines are commands. */
export function commands(take: (line: string) => void): void {
  let text = ''
  process.stdin.on('data', (chunk) => {
    text += String(chunk)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      take(text.slice(0, at))
      text = text.slice(at + 1)
    }
  })
  process.stdin.on('end', () => process.exit(3))
}

/** Announces before and after a method (of an object, or of all of its class) that returns a promise. */
export function announce<K extends string, T extends Record<K, (...given: never[]) => Promise<unknown>>>(
  target: T,
  method: K,
  nameOf: (...given: Parameters<T[K]>) => string,
): void {
  const original = target[method] as (this: unknown, ...given: Parameters<T[K]>) => Promise<unknown>
  async function announced(this: unknown, ...given: Parameters<T[K]>): Promise<unknown> {
    const name = nameOf(...given)
    marker(`${name}:before`)
    const result = await original.apply(this, given)
    marker(`${name}:after`)
    return result
  }
  Object.defineProperty(target, method, { value: announced })
}
