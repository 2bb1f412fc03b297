/**
 * The process that gets killed: appends records in all three ways and prints each position once it is durable.
 * Arguments: directory. A record is its position in decimal, repeated to a length that depends on the position.
 */
import { writeSync } from 'node:fs'
import { Journal } from '../src/index.ts'
import { recordAt } from './kill-record.ts'

const journal = Journal.open({ directory: process.argv[2] ?? '', segmentBytesMax: 256 * 1024 })
// Straight to the descriptor: an acknowledgement must not wait in this process's memory.
const acknowledge = (position: number): void => {
  writeSync(1, `${position}\n`)
}
writeSync(1, 'open\n')
for (;;) {
  const mode = journal.endPosition % 3
  if (mode === 0) acknowledge(journal.appendSync(recordAt(journal.endPosition)))
  else if (mode === 1) {
    const callers = Array.from({ length: 20 }, () => journal.appendDurable(recordAt(journal.endPosition)))
    acknowledge(Math.max(...(await Promise.all(callers))))
  } else {
    const flying = journal.appendDurable(recordAt(journal.endPosition))
    await Promise.resolve()
    acknowledge(journal.appendSync(recordAt(journal.endPosition)))
    acknowledge(await flying)
  }
}
