/**
 * The genesis of the frame, written once: it says what the folder belongs to.
 *
 * `symbolon genesis 1\n` | 32-byte frame identifier | canonical bytes of the genesis
 */
import { join } from 'node:path'
import type { FileSystem } from '@symbolon/journal'
import { concat, decode, encode, equalBytes, SymbolonError, toHex, utf8 } from '@symbolon/primitives'
import { frameId, type Genesis, genesis as genesisSchema } from '@symbolon/protocol'
import { StoreError } from './errors.ts'
import { STORE_LIMITS } from './limits.ts'

const NAME = 'genesis'
const DRAFT = 'genesis.draft'
const MAGIC = utf8('symbolon genesis ')
const VERSION = utf8('1\n')
const HEAD_BYTES = MAGIC.length + VERSION.length
const FRAME_BYTES = 32

/** Undefined if there is none. Throws STORE_VERSION, STORE_CORRUPT. */
export function readGenesis(fileSystem: FileSystem, directory: string): Genesis | undefined {
  if (!fileSystem.listSync(directory).includes(NAME)) return undefined
  const file = fileSystem.openSync(join(directory, NAME), 'read')
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(Math.min(file.sizeSync(), STORE_LIMITS.genesisBytesMax + 1))
    file.readSync(bytes, 0)
  } finally {
    file.closeSync()
  }
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw corrupt()
  if (!equalBytes(bytes.subarray(MAGIC.length, HEAD_BYTES), VERSION))
    throw new StoreError(
      'STORE_VERSION',
      'The genesis file has a format that this program does not read. Open the folder with the version that wrote it.',
    )
  const encoded = bytes.subarray(HEAD_BYTES + FRAME_BYTES)
  try {
    const genesis = decode(genesisSchema, encoded, STORE_LIMITS.genesisBytesMax)
    if (equalBytes(frameId(genesis), bytes.subarray(HEAD_BYTES, HEAD_BYTES + FRAME_BYTES))) return genesis
  } catch (cause) {
    if (!(cause instanceof SymbolonError)) throw cause
    throw corrupt(cause)
  }
  throw corrupt()
}

/** Durable when it returns; a crash leaves the whole file or none. */
export function writeGenesis(fileSystem: FileSystem, directory: string, genesis: Genesis): void {
  const draft = join(directory, DRAFT)
  if (fileSystem.listSync(directory).includes(DRAFT)) fileSystem.removeSync(draft)
  const file = fileSystem.openSync(draft, 'create')
  try {
    file.writeSync(concat(MAGIC, VERSION, frameId(genesis), encode(genesisSchema, genesis)), 0)
    file.datasyncSync()
  } finally {
    file.closeSync()
  }
  fileSystem.renameSync(draft, join(directory, NAME))
  fileSystem.syncDirectorySync(directory)
}

/** Throws STORE_FRAME_MISMATCH. */
export function requireSameFrame(stored: Genesis, given: Genesis): void {
  const [found, expected] = [frameId(stored), frameId(given)]
  if (equalBytes(found, expected)) return
  throw new StoreError(
    'STORE_FRAME_MISMATCH',
    `The folder holds frame ${toHex(found)}, not ${toHex(expected)}. Choose another folder, or open it without a genesis.`,
    { details: { found: toHex(found), expected: toHex(expected) } },
  )
}

function corrupt(cause?: unknown): StoreError {
  return new StoreError(
    'STORE_CORRUPT',
    'The genesis file is damaged. Delete it and open the folder with the genesis of the frame.',
    { cause },
  )
}
