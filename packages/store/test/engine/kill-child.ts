/** The process that gets killed: puts the number of the batch under ten keys, durably, and prints it. */
import { writeSync } from 'node:fs'
import { heightKey, heightOf, LevelEngine } from '../../src/engine/index.ts'

const engine = await LevelEngine.open({ directory: process.argv[2] ?? '' })
let batch = heightOf(engine.get(heightKey(0)) ?? heightKey(0))
for (;;) {
  batch += 1
  const value = heightKey(batch)
  await engine.batch(
    Array.from({ length: 10 }, (_, index) => ({ type: 'put' as const, key: heightKey(index), value })),
    { sync: true },
  )
  writeSync(1, `${batch}\n`)
}
