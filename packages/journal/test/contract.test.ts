import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Journal, JournalError, type JournalOptions } from '../src/index.ts'
import { SimulatedFileSystem } from '../src/simulated-file-system.ts'
import { codeOf, rejectionOf, temporaryDirectory, text } from './support.ts'

const bytes = (value: string): Buffer => Buffer.from(value)

function contents(journal: Journal, from?: number): string[] {
  return [...journal.entries(from)].map(({ position, record }) => `${position}:${text(record)}`)
}

const fileSystems: [string, () => Partial<JournalOptions> & { directory: string }][] = [
  ['the machine', () => ({ directory: temporaryDirectory() })],
  ['the simulation', () => ({ directory: '/journal', fileSystem: new SimulatedFileSystem() })],
]

describe.each(fileSystems)('a journal on %s', (_name, make) => {
  it('numbers records from 0 and returns them in order, empty ones and binary ones included', async () => {
    const journal = Journal.open(make())
    expect(journal.append(bytes('a'))).toBe(0)
    expect(journal.append(new Uint8Array(0))).toBe(1)
    expect(journal.append(Uint8Array.of(0, 255, 0))).toBe(2)
    await journal.flush()
    expect([...journal.entries()].map((entry) => [...entry.record])).toEqual([[97], [], [0, 255, 0]])
    expect([...journal.read(2)]).toEqual([0, 255, 0])
    await journal.close()
  })

  it('keeps a copy: the caller may reuse its buffer at once', async () => {
    const journal = Journal.open(make())
    const buffer = bytes('first')
    journal.append(buffer)
    buffer.fill('x')
    await journal.flush()
    expect(text(journal.read(0))).toBe('first')
    await journal.close()
  })

  it('shows a record to readers only once it is durable', async () => {
    const journal = Journal.open(make())
    journal.append(bytes('a'))
    expect(journal.endPosition).toBe(1)
    expect(journal.durableEndPosition).toBe(0)
    expect(contents(journal)).toEqual([])
    expect(codeOf(() => journal.read(0))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    await journal.flush()
    expect(contents(journal)).toEqual(['0:a'])
    await journal.close()
  })

  it('continues where it stopped, over several openings', async () => {
    const options = make()
    for (let round = 0; round < 4; round++) {
      const journal = Journal.open(options)
      expect(journal.recovery.tornBytes).toBe(0)
      expect(journal.endPosition).toBe(round * 3)
      for (let index = 0; index < 3; index++) await journal.appendDurable(bytes(`r${round * 3 + index}`))
      await journal.close()
    }
    const journal = Journal.open(options)
    expect(contents(journal)).toEqual(Array.from({ length: 12 }, (_, index) => `${index}:r${index}`))
    expect(contents(journal, 10)).toEqual(['10:r10', '11:r11'])
    expect(contents(journal, 12)).toEqual([])
    await journal.close()
  })

  it('spreads over segments and finds every record by position, also when older ones are checked lazily', async () => {
    const options = { ...make(), segmentBytesMax: 256, batchBytesMax: 100 }
    const journal = Journal.open(options)
    const expected: string[] = []
    for (let index = 0; index < 200; index++) {
      journal.append(bytes(`record ${index}`))
      expected.push(`record ${index}`)
      if (index % 7 === 0) await journal.flush()
    }
    await journal.close()
    for (const verify of ['all', 'last'] as const) {
      const again = Journal.open({ ...options, verify })
      for (const index of [0, 199, 57, 3, 198, 100]) expect(text(again.read(index))).toBe(expected[index])
      expect([...again.entries(0)].map((entry) => text(entry.record))).toEqual(expected)
      await again.close()
    }
  })

  it('accepts a record larger than a batch and than a segment', async () => {
    const options = { ...make(), segmentBytesMax: 200, batchBytesMax: 50 }
    const journal = Journal.open(options)
    await journal.appendDurable(bytes('small'))
    await journal.appendDurable(Buffer.alloc(5000, 7))
    await journal.appendDurable(bytes('small again'))
    await journal.close()
    const again = Journal.open(options)
    expect(again.read(1)).toEqual(Buffer.alloc(5000, 7))
    expect(text(again.read(2))).toBe('small again')
    await again.close()
  })

  it('mixes synchronous and asynchronous durability in one order', async () => {
    const journal = Journal.open(make())
    const first = journal.appendDurable(bytes('a'))
    await Promise.resolve()
    // The sync of "a" is running on another thread now.
    expect(journal.appendSync(bytes('b'))).toBe(1)
    expect(contents(journal)).toEqual(['0:a', '1:b'])
    const third = journal.appendDurable(bytes('c'))
    expect(await Promise.all([first, third])).toEqual([0, 2])
    expect(contents(journal)).toEqual(['0:a', '1:b', '2:c'])
    await journal.close()
  })

  it('truncates inside a batch, across segments and to nothing, and numbers on from there', async () => {
    const options = { ...make(), segmentBytesMax: 300 }
    let journal = Journal.open(options)
    for (let index = 0; index < 40; index++) {
      journal.append(bytes(`r${index}`))
      if (index % 5 === 4) await journal.flush()
    }
    journal.truncateAfter(22)
    expect(journal.append(bytes('new'))).toBe(23)
    await journal.close()
    journal = Journal.open(options)
    expect(contents(journal, 21)).toEqual(['21:r21', '22:r22', '23:new'])
    expect(codeOf(() => journal.truncateAfter(24))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    expect(codeOf(() => journal.truncateAfter(-2))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    journal.truncateAfter(-1)
    expect(contents(journal)).toEqual([])
    expect(await journal.appendDurable(bytes('over'))).toBe(0)
    await journal.close()
    journal = Journal.open(options)
    expect(contents(journal)).toEqual(['0:over'])
    await journal.close()
  })

  it('an iterator does not go on over records that were truncated meanwhile', async () => {
    const journal = Journal.open(make())
    for (const value of ['a', 'b', 'c']) journal.append(bytes(value))
    await journal.flush()
    const entries = journal.entries()
    entries.next()
    journal.truncateAfter(0)
    expect(codeOf(() => entries.next())).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    await journal.close()
  })

  it('deletes only whole segments before a position and keeps the numbering', async () => {
    const options = { ...make(), segmentBytesMax: 128 }
    let journal = Journal.open(options)
    for (let index = 0; index < 30; index++) await journal.appendDurable(bytes(`r${index}`))
    expect(journal.deleteSegmentsBefore(0)).toBe(0)
    expect(journal.deleteSegmentsBefore(20)).toBeGreaterThan(0)
    const first = journal.firstPosition
    expect(first).toBeLessThanOrEqual(20)
    expect(first).toBeGreaterThan(0)
    expect(codeOf(() => journal.read(first - 1))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    await journal.close()
    journal = Journal.open(options)
    expect(journal.firstPosition).toBe(first)
    expect(journal.endPosition).toBe(30)
    expect(text(journal.read(20))).toBe('r20')
    journal.deleteSegmentsBefore(Number.MAX_SAFE_INTEGER)
    expect(journal.endPosition).toBe(30)
    await journal.close()
  })

  it('recovers from the newest snapshot and the records after it', async () => {
    const options = { ...make(), segmentBytesMax: 128 }
    let journal = Journal.open(options)
    expect(journal.latestSnapshot()).toBeUndefined()
    for (let index = 0; index < 10; index++) journal.append(bytes(`r${index}`))
    journal.writeSnapshot(bytes('state after 8'), 8)
    journal.writeSnapshot(bytes('state after 9'), 9)
    journal.deleteSegmentsBefore(9)
    expect(codeOf(() => journal.writeSnapshot(bytes('older'), 8))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    expect(codeOf(() => journal.writeSnapshot(bytes('future'), 11))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    expect(codeOf(() => journal.truncateAfter(7))).toBe('JOURNAL_POSITION_OUT_OF_RANGE')
    await journal.close()
    journal = Journal.open(options)
    const snapshot = journal.latestSnapshot()
    expect(snapshot?.position).toBe(9)
    expect(text(snapshot?.bytes)).toBe('state after 9')
    expect(contents(journal, 9)).toEqual(['9:r9'])
    await journal.close()
  })

  it('refuses a second owner until the first closes', async () => {
    const options = make()
    const journal = Journal.open(options)
    expect(codeOf(() => Journal.open(options))).toBe('JOURNAL_LOCKED')
    await journal.close()
    await Journal.open(options).close()
  })

  it('names the bound that a record, the backlog or an option exceeds, and changes nothing', async () => {
    const options = make()
    expect(codeOf(() => Journal.open({ ...options, recordBytesMax: 0 }))).toBe('JOURNAL_OPTION_OUT_OF_BOUNDS')
    expect(codeOf(() => Journal.open({ ...options, batchBytesMax: 0.5 }))).toBe(
      'JOURNAL_OPTION_OUT_OF_BOUNDS',
    )
    expect(codeOf(() => Journal.open({ ...options, segmentBytesMax: 1 }))).toBe(
      'JOURNAL_OPTION_OUT_OF_BOUNDS',
    )
    const journal = Journal.open({ ...options, recordBytesMax: 100, pendingBytesMax: 250 })
    expect(codeOf(() => journal.append(Buffer.alloc(101)))).toBe('JOURNAL_RECORD_TOO_LARGE')
    journal.append(Buffer.alloc(100))
    journal.append(Buffer.alloc(100))
    expect(codeOf(() => journal.append(Buffer.alloc(100)))).toBe('JOURNAL_PENDING_FULL')
    expect(journal.endPosition).toBe(2)
    await journal.flush()
    expect(journal.append(Buffer.alloc(100))).toBe(2)
    await journal.close()
  })

  it('answers every waiting caller when it closes, and refuses everything afterwards', async () => {
    const journal = Journal.open(make())
    const waiting = [journal.appendDurable(bytes('a')), journal.appendDurable(bytes('b'))]
    const closing = journal.close()
    expect(codeOf(() => journal.append(bytes('late')))).toBe('JOURNAL_CLOSED')
    expect(await Promise.all(waiting)).toEqual([0, 1])
    await closing
    await journal.close()
    expect((await rejectionOf(journal.flush())).code).toBe('JOURNAL_CLOSED')
    expect((await rejectionOf(journal.appendDurable(bytes('x')))).code).toBe('JOURNAL_CLOSED')
    for (const call of [
      () => journal.appendSync(bytes('x')),
      () => journal.read(0),
      () => journal.entries(),
      () => journal.truncateAfter(0),
      () => journal.deleteSegmentsBefore(1),
      () => journal.writeSnapshot(bytes('x')),
      () => journal.latestSnapshot(),
    ])
      expect(codeOf(call)).toBe('JOURNAL_CLOSED')
  })

  it('works without syncs for data that can be fetched again', async () => {
    const options = { ...make(), sync: 'none' as const }
    const journal = Journal.open(options)
    journal.append(bytes('a'))
    await journal.flush()
    journal.appendSync(bytes('b'))
    await journal.close()
    const again = Journal.open(options)
    expect(contents(again)).toEqual(['0:a', '1:b'])
    await again.close()
  })
})

describe('group commit', () => {
  it('makes a thousand callers of one turn durable with one sync', async () => {
    const fileSystem = new SimulatedFileSystem()
    const journal = Journal.open({ directory: '/journal', fileSystem })
    const before = fileSystem.operations
    await Promise.all(Array.from({ length: 1000 }, () => journal.appendDurable(bytes('tick'))))
    // One write and one sync.
    expect(fileSystem.operations - before).toBe(2)
    await journal.close()
  })

  it('lets what arrives during a sync ride on the next, together', async () => {
    const fileSystem = new SimulatedFileSystem()
    const journal = Journal.open({ directory: '/journal', fileSystem })
    const before = fileSystem.operations
    const first = journal.appendDurable(bytes('a'))
    await Promise.resolve()
    const rest = Array.from({ length: 50 }, () => journal.appendDurable(bytes('b')))
    await first
    expect(journal.durableEndPosition).toBe(1)
    await Promise.all(rest)
    expect(fileSystem.operations - before).toBe(4)
    await journal.close()
  })
})

describe('files', () => {
  it('take no more than their content once closed, and are private to the owner', async () => {
    const directory = temporaryDirectory()
    const journal = Journal.open({ directory })
    await journal.appendDurable(bytes('0123456789'))
    await journal.close()
    expect(readdirSync(directory)).toEqual(['0000000000000000.segment'])
    // Segment header 24, batch header 24, record header 8, record 10: the tables in segment-header.ts and batch.ts.
    const stat = statSync(join(directory, '0000000000000000.segment'))
    expect(stat.size).toBe(66)
    expect(stat.mode & 0o777).toBe(0o600)
  })

  it('errors are JournalErrors with the bound in their details', () => {
    const directory = temporaryDirectory()
    try {
      Journal.open({ directory, recordBytesMax: -1 })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(JournalError)
      expect((error as JournalError).details).toMatchObject({ option: 'recordBytesMax', value: -1, min: 1 })
    }
  })
})
