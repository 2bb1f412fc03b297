import { describe, expect, it } from 'vitest'
import { counted, takeTurns, timed } from '../src/harness/turns.ts'

describe('takeTurns', () => {
  it('goes there and back, so that neither subject always follows the other', async () => {
    const order: string[] = []
    const subject = (name: string) => () => {
      order.push(name)
      return 1
    }
    await takeTurns({ a: subject('a'), b: subject('b'), c: subject('c') }, 2)
    expect(order.join('')).toBe('abccbaabc')
  })

  it('does not count the first round, and keeps the rates of a round together', async () => {
    let turn = 0
    const rates = await takeTurns({ first: () => 100 + turn++, second: async () => 200 + turn++ }, 3)
    expect(rates).toEqual({ first: [103, 104, 107], second: [202, 205, 206] })
  })

  it('fails with the subject that fails', async () => {
    const failing = (): number => {
      throw new Error('refused')
    }
    await expect(takeTurns({ failing }, 1)).rejects.toThrow('refused')
  })
})

describe('timed', () => {
  it('runs at least once, and relates what it counted to the time that it took', () => {
    let calls = 0
    const started = performance.now()
    const rate = timed(5, () => calls++, 8)
    const elapsed = performance.now() - started
    expect(calls).toBeGreaterThanOrEqual(8)
    expect(calls % 8).toBe(0)
    // The clock inside cannot have shown more than the clock outside.
    expect(rate).toBeGreaterThanOrEqual((calls * 1_000) / elapsed)
  })
})

describe('counted', () => {
  it('divides the given count by the time of one call, which a timer cannot make shorter than asked', async () => {
    const rate = await counted(1_000, () => new Promise((resolve) => setTimeout(resolve, 20)))
    expect(rate).toBeLessThanOrEqual(1_000 / 0.019)
    expect(rate).toBeGreaterThan(0)
  })

  it('notes the processor time of each operation, waiting not included', async () => {
    const processorTimes: number[] = []
    const started = process.cpuUsage()
    await counted(
      10,
      () => {
        let sum = 0
        for (let i = 0; i < 5_000_000; i++) sum += i % 7
        expect(sum).toBeGreaterThan(0)
      },
      processorTimes,
    )
    const { user, system } = process.cpuUsage(started)
    expect(processorTimes).toHaveLength(1)
    expect(processorTimes[0]).toBeGreaterThan(0)
    expect(processorTimes[0]).toBeLessThanOrEqual((user + system) / 10)
  })
})
