import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOURNAL_LIMITS, Journal } from '../src/index.ts'
import { SimulatedFileSystem } from '../src/simulated-file-system.ts'
import { recordAt } from './kill-record.ts'
import { seededRandom, temporaryDirectory, text } from './support.ts'

describe('reading by position', () => {
  it('finds every record in a segment that is many index entries long', async () => {
    const directory = temporaryDirectory()
    const journal = Journal.open({ directory })
    // 1,500 batches of about 450 bytes: ten times the index granularity.
    const count = 1500
    let bytes = 0
    for (let position = 0; position < count; position++) {
      journal.append(recordAt(position))
      bytes += recordAt(position).length
      if (position % 2 === 0) journal.flushSync()
    }
    journal.flushSync()
    expect(bytes).toBeGreaterThan(4 * JOURNAL_LIMITS.indexGranularityBytes)
    for (let position = 0; position < count; position++)
      expect(journal.read(position)).toEqual(recordAt(position))
    await journal.close()
    const again = Journal.open({ directory })
    for (let position = count - 1; position >= 0; position -= 7)
      expect(again.read(position)).toEqual(recordAt(position))
    for (const from of [0, 1, 749, 1498, 1499]) {
      let expected = from
      for (const entry of again.entries(from)) {
        expect(entry.position).toBe(expected)
        expect(entry.record.equals(recordAt(expected))).toBe(true)
        expected += 1
      }
      expect(expected).toBe(count)
    }
    await again.close()
  })

  it('agrees with a list, whatever the bounds, the batches, the cuts and the reopenings', async () => {
    const bounds = fc.record({
      segmentBytesMax: fc.integer({ min: 24, max: 2000 }),
      batchBytesMax: fc.integer({ min: 1, max: 500 }),
      verify: fc.constantFrom('all' as const, 'last' as const),
    })
    const command = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('append' as const),
          record: fc.uint8Array({ maxLength: 300 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('truncate' as const),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
    )
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(command, { maxLength: 40 }), async (options, commands) => {
        const all = { directory: '/journal', fileSystem: new SimulatedFileSystem(), ...options }
        const model: string[] = []
        let journal = Journal.open(all)
        for (const step of commands) {
          if (step.do === 'append') {
            expect(journal.append(step.record)).toBe(model.length)
            model.push(text(step.record))
          } else if (step.do === 'flush') await journal.flush()
          else if (step.do === 'reopen') {
            await journal.close()
            journal = Journal.open(all)
            expect(journal.endPosition).toBe(model.length)
          } else {
            model.length = Math.floor(step.share * model.length)
            journal.truncateAfter(model.length - 1)
          }
        }
        await journal.flush()
        expect([...journal.entries()].map((entry) => text(entry.record))).toEqual(model)
        for (const [position, value] of model.entries()) expect(text(journal.read(position))).toBe(value)
        await journal.close()
      }),
      { numRuns: 150 },
    )
  })

  it('an iterator returns what was durable when it started, while appends and rotation go on', async () => {
    const journal = Journal.open({ directory: temporaryDirectory(), segmentBytesMax: 300 })
    for (let position = 0; position < 20; position++) journal.appendSync(recordAt(position))
    const random = seededRandom(3)
    let seen = 0
    for (const entry of journal.entries()) {
      expect(entry.record).toEqual(recordAt(entry.position))
      seen += 1
      for (let more = 0; more < random() * 3; more++) journal.appendSync(recordAt(journal.endPosition))
    }
    expect(seen).toBe(20)
    expect(journal.endPosition).toBeGreaterThan(20)
    await journal.close()
  })

  it('the views of an iterator stay as they were after it has gone on', async () => {
    const journal = Journal.open({ directory: temporaryDirectory() })
    for (let position = 0; position < 3000; position++) journal.append(recordAt(position))
    await journal.flush()
    const kept = [...journal.entries()]
    for (const { position, record } of kept) expect(record.equals(recordAt(position))).toBe(true)
    await journal.close()
  })
})
