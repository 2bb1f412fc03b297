import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Third-party vector files lie beside the repository, not in it. A suite that needs one uses
 * `describe.skipIf(!vectorsPresent(path))` and says so in its title.
 */
const ROOT = join(import.meta.dirname, '../../../../shared/vectors')

export const vectorsPresent = (path: string): boolean => existsSync(join(ROOT, path))

export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T
}

export interface WycheproofFile<Group> {
  numberOfTests: number
  testGroups: Group[]
}

/** `describe` title that says why, when the vectors are absent. */
export const vectorTitle = (title: string, path: string): string =>
  vectorsPresent(path) ? title : `${title} (skipped: ../shared/vectors/${path} is absent)`

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
