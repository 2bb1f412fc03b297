/**
 * Something real to sell: how evenly this machine runs at this moment. Each row is one measurement of the time that a fixed
 * amount of hashing took, with the load and the memory in use. Nobody can know the rows before they are taken.
 */
import { hash } from 'node:crypto'
import { freemem, loadavg } from 'node:os'

const HASHES_PER_SAMPLE = 8

/** CSV: sample, nanoseconds since the first, nanoseconds that the work took, one-minute load, free memory in bytes. */
export function sampleMachine(rows: number): Uint8Array {
  const began = process.hrtime.bigint()
  let load = loadavg()[0] ?? 0
  let free = freemem()
  let text = 'sample,elapsed_ns,work_ns,load_1m,free_bytes\n'
  let state = 'symbolon'
  for (let sample = 0; sample < rows; sample++) {
    // The system's own figures change slowly and cost a call each: read now and then.
    if (sample % 256 === 0) {
      load = loadavg()[0] ?? 0
      free = freemem()
    }
    const start = process.hrtime.bigint()
    for (let i = 0; i < HASHES_PER_SAMPLE; i++) state = hash('sha256', state)
    const end = process.hrtime.bigint()
    text += `${sample},${start - began},${end - start},${load.toFixed(2)},${free}\n`
  }
  return new TextEncoder().encode(text)
}
