import { type Hash, sha256 } from '@symbolon/primitives'
import { ReplayBook } from '@symbolon/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const name = (n: number): Hash => sha256(Buffer.from(String(n))) as Hash
const answer = (bytes: number) => ({ status: 200, headers: {}, body: new Uint8Array(bytes) })

describe('the replay book', () => {
  it('keeps an answer to its last second', () => {
    const book = new ReplayBook({ seconds: 10 })
    book.begin(name(1), name(0))
    book.end(name(1), answer(1), 100)
    expect(book.find(name(1), 110)?.state).toBe('answered')
    expect(book.find(name(1), 111)).toBeUndefined()
    expect(book.bytes).toBe(0)
  })

  it('keeps no answer over its bound, and wakes who waits for it', async () => {
    const book = new ReplayBook({ bodyBytesMax: 4 })
    book.begin(name(1), name(0))
    const running = book.find(name(1), 0)
    book.end(name(1), answer(5), 0)
    if (running?.state === 'running') await running.done
    expect(running?.state).toBe('running')
    expect(book.find(name(1), 0)).toBeUndefined()
  })

  it('never holds more than its bounds, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(40), fc.nat(3)), { maxLength: 60 }), (steps) => {
        const book = new ReplayBook({ responsesMax: 3, bytesMax: 64, bodyBytesMax: 32, seconds: 5 })
        let now = 0
        for (const [n, bytes, later] of steps) {
          now += later
          if (book.find(name(n), now) !== undefined) continue
          book.begin(name(n), name(0))
          book.end(name(n), answer(bytes), now)
          const kept = Array.from({ length: 21 }, (_, i) => book.find(name(i), now)).flatMap((one) =>
            one?.state === 'answered' ? [one.answer.body.length] : [],
          )
          expect(kept.length).toBeLessThanOrEqual(3)
          expect(book.bytes).toBeLessThanOrEqual(64)
          expect(book.bytes).toBe(kept.reduce((a, b) => a + b, 0))
        }
      }),
    )
  })
})
