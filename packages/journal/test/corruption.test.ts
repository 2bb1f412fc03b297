import { describe, expect, it } from 'vitest'
import { Journal } from '../src/index.ts'
import { SimulatedFileSystem } from '../src/simulated-file-system.ts'
import { codeOf, text } from './support.ts'

const SEGMENT = '/journal/0000000000000000.segment'
const HEADER = 24
/** Batch header 24, record header 8, record 20. */
const BATCH = 52
const record = (index: number): Buffer => Buffer.from(`record number ${String(index).padStart(6, '0')}`)

/** A closed journal of `count` records of 20 bytes, each a batch of its own, so batch i starts at 24 + 52 i. */
async function journalOf(count: number, segmentBytesMax = 100_000) {
  const fileSystem = new SimulatedFileSystem()
  const options = { directory: '/journal', fileSystem, segmentBytesMax, salt: () => 12345 }
  const journal = Journal.open(options)
  for (let index = 0; index < count; index++) journal.appendSync(record(index))
  await journal.close()
  return { fileSystem, options }
}

describe('a torn tail', () => {
  it('is erased and reported wherever the last batch is cut', async () => {
    for (let cut = 1; cut < BATCH; cut++) {
      const { fileSystem, options } = await journalOf(3)
      fileSystem.damage(SEGMENT, (bytes) => bytes.subarray(0, HEADER + 2 * BATCH + cut))
      const journal = Journal.open(options)
      expect(journal.endPosition).toBe(2)
      // Trailing zeros of the cut cannot be told from the zeros that extend the file.
      expect(journal.recovery.tornBytes).toBeGreaterThan(0)
      expect(journal.recovery.tornBytes).toBeLessThanOrEqual(cut)
      expect(journal.appendSync(Buffer.from('new'))).toBe(2)
      await journal.close()
      const again = Journal.open(options)
      expect(again.recovery.tornBytes).toBe(0)
      expect([...again.entries()].map((entry) => text(entry.record))).toEqual([
        text(record(0)),
        text(record(1)),
        'new',
      ])
      await again.close()
    }
  })

  it('leaves no remains behind a shorter new record', async () => {
    const { fileSystem, options } = await journalOf(1)
    fileSystem.damage(SEGMENT, (bytes) => Buffer.concat([bytes, Buffer.alloc(5000, 0xab)]))
    const journal = Journal.open(options)
    expect(journal.recovery.tornBytes).toBe(5000)
    journal.appendSync(Buffer.from('x'))
    // Reopened as after a kill: nobody closed it.
    fileSystem.restart('process', () => 0)
    const again = Journal.open(options)
    expect(again.recovery.tornBytes).toBe(0)
    expect(again.endPosition).toBe(2)
    await again.close()
  })

  it('may hold records of the unfinished batch out of order, without being mistaken for corruption', async () => {
    const { fileSystem, options } = await journalOf(1)
    const journal = Journal.open(options)
    for (let index = 1; index < 50; index++) journal.append(record(index))
    await journal.flush()
    fileSystem.restart('process', () => 0)
    // The first record of the last batch is lost, the others of the same write arrived.
    fileSystem.damage(SEGMENT, (bytes) => bytes.fill(0, HEADER + BATCH + 24, HEADER + BATCH + 24 + 28))
    const again = Journal.open(options)
    expect(again.endPosition).toBe(1)
    expect(again.recovery.tornBytes).toBeGreaterThan(1000)
    await again.close()
  })

  it('that contains a forged batch inside a record is still only a torn tail', async () => {
    const { fileSystem: other } = await journalOf(9)
    let forged: Buffer = Buffer.alloc(0)
    // Batches of another journal, with later positions, but its salt is not ours.
    other.damage(SEGMENT, (bytes) => {
      forged = Buffer.from(bytes.subarray(HEADER + 5 * BATCH))
      return undefined
    })
    const fileSystem = new SimulatedFileSystem()
    const options = { directory: '/journal', fileSystem, segmentBytesMax: 10_000, salt: () => 54321 }
    Journal.open(options).appendSync(forged)
    fileSystem.restart('process', () => 0)
    fileSystem.damage(SEGMENT, (bytes) => bytes.fill(0, HEADER, HEADER + 10))
    const reopened = Journal.open(options)
    expect(reopened.endPosition).toBe(0)
    expect(reopened.recovery.tornBytes).toBeGreaterThan(forged.length)
    await reopened.close()
  })
})

describe('corruption', () => {
  it('of any single byte before the last batch is refused, and nothing is changed', async () => {
    const { fileSystem, options } = await journalOf(3)
    for (let at = 0; at < HEADER + 2 * BATCH; at++) {
      let original: Buffer = Buffer.alloc(0)
      fileSystem.damage(SEGMENT, (bytes) => {
        original = Buffer.from(bytes)
        bytes.writeUInt8((bytes[at] ?? 0) ^ 0x40, at)
        return undefined
      })
      expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
      let after: Buffer = Buffer.alloc(0)
      fileSystem.damage(SEGMENT, (bytes) => {
        after = Buffer.from(bytes)
        return original
      })
      after.writeUInt8((after[at] ?? 0) ^ 0x40, at)
      expect(after.equals(original)).toBe(true)
    }
    const journal = Journal.open(options)
    expect(journal.endPosition).toBe(3)
    await journal.close()
  })

  it('by zeros in the middle is refused', async () => {
    const { fileSystem, options } = await journalOf(40)
    fileSystem.damage(SEGMENT, (bytes) => bytes.fill(0, HEADER + 5 * BATCH, HEADER + 30 * BATCH))
    expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
  })

  it('by a batch taken out, doubled or put elsewhere is refused', async () => {
    const at = (index: number): number => HEADER + index * BATCH
    const edits: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => Buffer.concat([bytes.subarray(0, at(1)), bytes.subarray(at(2))]),
      (bytes) => Buffer.concat([bytes.subarray(0, at(2)), bytes.subarray(at(1))]),
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(1)),
          bytes.subarray(at(2), at(3)),
          bytes.subarray(at(1), at(2)),
          bytes.subarray(at(3)),
        ]),
    ]
    for (const edit of edits) {
      const { fileSystem, options } = await journalOf(5)
      fileSystem.damage(SEGMENT, edit)
      expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
    }
  })

  it('of a sealed segment is found at open, or when it is first read if only the last is verified', async () => {
    const { fileSystem, options } = await journalOf(20, 300)
    // The first segment holds five batches (24 + 5 x 52 = 284); its last one loses a byte at its very end.
    fileSystem.damage(SEGMENT, (bytes) => bytes.subarray(0, bytes.length - 1))
    expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
    const lazy = Journal.open({ ...options, verify: 'last' })
    expect(text(lazy.read(7))).toBe(text(record(7)))
    expect(codeOf(() => lazy.read(0))).toBe('JOURNAL_CORRUPT')
    expect(codeOf(() => [...lazy.entries()])).toBe('JOURNAL_CORRUPT')
    await lazy.close()
  })

  it('by a missing segment or one of another journal is refused', async () => {
    const missing = await journalOf(20, 300)
    missing.fileSystem.removeSync('/journal/0000000000000005.segment')
    expect(codeOf(() => Journal.open(missing.options))).toBe('JOURNAL_CORRUPT')

    const mixed = await journalOf(20, 300)
    const foreign = new SimulatedFileSystem()
    const other = Journal.open({ ...mixed.options, fileSystem: foreign, salt: () => 777 })
    for (let index = 0; index < 20; index++) other.appendSync(record(index))
    await other.close()
    foreign.damage('/journal/0000000000000005.segment', (bytes) => {
      mixed.fileSystem.damage('/journal/0000000000000005.segment', () => Buffer.from(bytes))
      return undefined
    })
    expect(codeOf(() => Journal.open(mixed.options))).toBe('JOURNAL_CORRUPT')
  })

  it('of a snapshot, or a snapshot that the records do not reach, is refused', async () => {
    const { fileSystem, options } = await journalOf(3)
    const journal = Journal.open(options)
    journal.writeSnapshot(Buffer.from('state'), 3)
    await journal.close()
    const path = '/journal/0000000000000003.snapshot'
    for (let at = 0; at < 37; at++) {
      fileSystem.damage(path, (bytes) => {
        bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
        return undefined
      })
      const damaged = Journal.open(options)
      expect(codeOf(() => damaged.latestSnapshot())).toBe('JOURNAL_CORRUPT')
      await damaged.close()
      fileSystem.damage(path, (bytes) => {
        bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
        return undefined
      })
    }
    fileSystem.damage(SEGMENT, (bytes) => bytes.subarray(0, HEADER + 2 * BATCH))
    expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
  })

  it('leaves the directory unlocked, so that the repaired journal opens', async () => {
    const { fileSystem, options } = await journalOf(3)
    const flip = (bytes: Buffer): undefined => {
      bytes.writeUInt8((bytes[60] ?? 0) ^ 1, 60)
    }
    fileSystem.damage(SEGMENT, flip)
    expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_CORRUPT')
    fileSystem.damage(SEGMENT, flip)
    await Journal.open(options).close()
  })
})
