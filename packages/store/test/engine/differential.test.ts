import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type KeyValueReader,
  type KeyValueSnapshot,
  LevelEngine,
  MemoryEngine,
} from '../../src/engine/index.ts'

/** All entries as text, and each key looked up singly as well. */
async function dump(reader: KeyValueReader): Promise<string[]> {
  const lines: string[] = []
  for await (const { key, value } of reader.range()) {
    lines.push(`${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`)
    expect(reader.get(key)).toEqual(value)
    expect(reader.has(key)).toBe(true)
  }
  return lines
}

it('both engines tell the same story through batches, snapshots and the end of snapshots', async () => {
  const root = mkdtempSync(join(tmpdir(), 'symbolon-differential-'))
  let lives = 0
  const key = fc.uint8Array({ minLength: 1, maxLength: 2 })
  const operation = fc.oneof(
    fc.record({ type: fc.constant('put' as const), key, value: fc.uint8Array({ maxLength: 3 }) }),
    fc.record({ type: fc.constant('delete' as const), key }),
  )
  const command = fc.oneof(
    fc.record({ do: fc.constant('batch' as const), operations: fc.array(operation, { maxLength: 15 }) }),
    fc.record({ do: fc.constant('snapshot' as const) }),
    fc.record({ do: fc.constant('release' as const), which: fc.nat() }),
  )
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 15 }), async (commands) => {
        const durable = await LevelEngine.open({ directory: join(root, String(lives++)) })
        const memory = new MemoryEngine()
        const snapshots: [KeyValueSnapshot, KeyValueSnapshot, string[]][] = []
        for (const step of commands) {
          if (step.do === 'batch') {
            await Promise.all([
              durable.batch(step.operations, { sync: false }),
              memory.batch(step.operations, { sync: false }),
            ])
          } else if (step.do === 'snapshot') {
            snapshots.push([durable.snapshot(), memory.snapshot(), await dump(memory)])
          } else {
            const [released] = snapshots.splice(step.which % Math.max(1, snapshots.length), 1)
            await released?.[0].close()
            await released?.[1].close()
          }
        }
        expect(await dump(durable)).toEqual(await dump(memory))
        for (const [left, right, then] of snapshots) {
          expect(await dump(left)).toEqual(then)
          expect(await dump(right)).toEqual(then)
          await left.close()
          await right.close()
        }
        await durable.close()
        await memory.close()
      }),
      { numRuns: 40 },
    )
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
