import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Journal } from '../src/index.ts'
import { SimulatedFileSystem } from '../src/simulated-file-system.ts'
import { CrashModel, crashAt, OPTIONS, type Step } from './crash-model.ts'
import { codeOf, rejectionOf, seededRandom, text } from './support.ts'

const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 8, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 600 }) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), size }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('appendDurable' as const),
      size,
      callers: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('appendSync' as const), size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('syncDuringFlush' as const), size }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), back: fc.integer({ min: 0, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), back: fc.integer({ min: 0, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)
const life = fc.record({
  steps: fc.array(step, { maxLength: 20 }),
  crashAfter: fc.integer({ min: 0, max: 60 }),
  bytes: fc.integer({ min: 0, max: 200 }),
  restart: fc.constantFrom('process' as const, 'power' as const),
})

describe('a crash at any instant', () => {
  it('loses nothing acknowledged and invents nothing, over several lives of one journal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), fc.integer(), async (lives, seed) => {
        const random = seededRandom(seed)
        const fileSystem = new SimulatedFileSystem()
        const model = new CrashModel(fileSystem)
        for (const { steps, crashAfter, bytes, restart } of lives) {
          fileSystem.arm(crashAt(fileSystem.operations + crashAfter, bytes))
          await model.run(steps)
          fileSystem.restart(restart, random)
          model.verify()
          // Verified records were shown to a reader: the next life starts from a second, harsher restart.
          fileSystem.restart('power', random)
          model.verify()
          fileSystem.restart('process', random)
        }
      }),
      { numRuns: 400 },
    )
  })

  const script: Step[] = [
    { kind: 'appendDurable', size: 30, callers: 3 },
    { kind: 'appendSync', size: 40 },
    { kind: 'append', size: 100 },
    { kind: 'syncDuringFlush', size: 90 },
    { kind: 'snapshot' },
    { kind: 'appendDurable', size: 150, callers: 2 },
    { kind: 'truncate', back: 1 },
    { kind: 'appendDurable', size: 90, callers: 3 },
    { kind: 'delete', back: 0 },
    { kind: 'reopen' },
    { kind: 'appendSync', size: 20 },
  ]

  it('at every operation of a script and every byte of its writes', async () => {
    const dry = new SimulatedFileSystem()
    expect(await new CrashModel(dry).run(script)).toBe(false)
    const operations = dry.operations
    expect(operations).toBeGreaterThan(40)
    let crashes = 0
    for (let operation = 0; operation < operations; operation++) {
      for (let bytes = 0; bytes <= 260; bytes += 13) {
        for (const restart of ['process', 'power'] as const) {
          const fileSystem = new SimulatedFileSystem()
          const model = new CrashModel(fileSystem)
          fileSystem.arm(crashAt(operation, bytes))
          if (await model.run(script)) crashes += 1
          fileSystem.restart(restart, seededRandom(operation * 1000 + bytes))
          model.verify()
        }
      }
    }
    expect(crashes).toBe(operations * 21 * 2)
  })
})

describe('a failed write or sync', () => {
  const open = (): { fileSystem: SimulatedFileSystem; journal: Journal } => {
    const fileSystem = new SimulatedFileSystem()
    return { fileSystem, journal: Journal.open({ ...OPTIONS, fileSystem }) }
  }

  it('fails every waiting caller, and no later sync is believed', async () => {
    const { fileSystem, journal } = open()
    await journal.appendDurable(Buffer.from('safe'))
    // The write is the next operation, the sync the one after it.
    fileSystem.arm({ operation: fileSystem.operations + 1, kind: 'error' })
    const callers = await Promise.allSettled([
      journal.appendDurable(Buffer.from('lost')),
      journal.appendDurable(Buffer.from('lost too')),
    ])
    expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'rejected'])
    // The simulated kernel would let a second sync pass without having saved anything.
    expect((await rejectionOf(journal.flush())).code).toBe('JOURNAL_FAILED')
    expect((await rejectionOf(journal.appendDurable(Buffer.from('later')))).code).toBe('JOURNAL_FAILED')
    expect(codeOf(() => journal.flushSync())).toBe('JOURNAL_FAILED')
    expect(codeOf(() => journal.append(Buffer.from('later')))).toBe('JOURNAL_FAILED')
    expect(codeOf(() => journal.truncateAfter(0))).toBe('JOURNAL_FAILED')
    expect(codeOf(() => journal.writeSnapshot(Buffer.from('state')))).toBe('JOURNAL_FAILED')
    // What was durable before stays readable.
    expect(text(journal.read(0))).toBe('safe')
    expect((await rejectionOf(journal.close())).code).toBe('JOURNAL_FAILED')

    fileSystem.restart('power', seededRandom(1))
    const again = Journal.open({ ...OPTIONS, fileSystem })
    expect([...again.entries()].map((entry) => text(entry.record))).toEqual(['safe'])
    await again.close()
  })

  it('unlocks on close, so that the same process can recover', async () => {
    const { fileSystem, journal } = open()
    fileSystem.arm({ operation: fileSystem.operations, kind: 'error' })
    expect(codeOf(() => journal.appendSync(Buffer.from('x')))).toBe('JOURNAL_FAILED')
    await rejectionOf(journal.close())
    const again = Journal.open({ ...OPTIONS, fileSystem })
    expect(again.endPosition).toBe(0)
    await again.close()
  })

  it('of the synchronous path also fails the asynchronous callers in flight', async () => {
    const { fileSystem, journal } = open()
    const waiting = journal.appendDurable(Buffer.from('a'))
    await Promise.resolve()
    fileSystem.arm({ operation: fileSystem.operations, kind: 'error' })
    expect(codeOf(() => journal.flushSync())).toBe('JOURNAL_FAILED')
    expect((await rejectionOf(waiting)).code).toBe('JOURNAL_FAILED')
    await rejectionOf(journal.close())
  })

  it('at any operation never lets an acknowledged record go missing', async () => {
    for (let offset = 0; offset < 40; offset++) {
      for (const bytes of [0, 5, 50]) {
        const { fileSystem, journal } = open()
        fileSystem.arm({ operation: fileSystem.operations + offset, kind: 'error', bytes })
        let acknowledged = 0
        try {
          for (let index = 0; index < 12; index++) {
            if (index % 3 === 0) journal.appendSync(Buffer.alloc(70, index))
            else await journal.appendDurable(Buffer.alloc(70, index))
            acknowledged = index + 1
          }
        } catch (error) {
          expect((error as { code: string }).code).toBe('JOURNAL_FAILED')
        }
        await journal.close().catch(() => {})
        fileSystem.restart('power', seededRandom(offset))
        const again = Journal.open({ ...OPTIONS, fileSystem })
        expect(again.endPosition).toBeGreaterThanOrEqual(acknowledged)
        for (const { position, record } of again.entries()) expect(record).toEqual(Buffer.alloc(70, position))
        await again.close()
      }
    }
  })
})
