/** Files of edges, anchors and labels as streams: any size, gzip by name, `-` for standard input; with their digest. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { SymbolonError } from '@symbolon/primitives'
import { CliError } from '../errors.ts'
import { usage } from '../parse.ts'

/** What was read: the digest is that of the bytes as they lie on disk. */
export interface Digested<T> {
  readonly value: T
  /** SHA-256, hexadecimal. */
  readonly digest: string
}

/** Errors: USAGE if standard input is asked for twice, FILE_UNREADABLE (also for a damaged gzip file), and those of `read`. */
export async function readEvidence<T>(
  path: string,
  read: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<Digested<T>> {
  if (path === '-' && process.stdin.readableEnded)
    throw usage('standard input was read already: only one of the files can be -')
  const hash = createHash('sha256')
  const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 })
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk as Uint8Array)
      yield chunk as Uint8Array
    }
  }
  const bytes = path.endsWith('.gz') ? unzipped(counted()) : counted()
  try {
    return { value: await read(bytes), digest: hash.digest('hex') }
  } catch (cause) {
    if (cause instanceof SymbolonError) throw cause
    const { code = 'unknown' } = cause as { code?: string }
    const advice = code.startsWith('Z_') ? 'its gzip is damaged or cut off: fetch it again' : 'check the path'
    throw new CliError('FILE_UNREADABLE', `${path} cannot be read (${code}); ${advice}`, { cause })
  }
}

async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  const feeding = (async () => {
    try {
      for await (const chunk of bytes)
        if (!gunzip.write(chunk)) await new Promise<void>((resolve) => gunzip.once('drain', resolve))
      gunzip.end()
    } catch (error) {
      gunzip.destroy(error as Error)
    }
  })()
  yield* gunzip
  await feeding
}
