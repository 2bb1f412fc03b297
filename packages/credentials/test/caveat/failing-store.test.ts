import { describe, expect, test } from 'vitest'
import { type CounterStore, CredentialVerifier, MemoryCounterStore } from '../../src/index.ts'
import { mint, NOW, preimage, rootKeys } from '../issuer.ts'

const context = { now: NOW, price: 1n }
const counted = mint(['requests_remaining <= 2', 'max_amount_total <= 2'])
const withStore = (counters: CounterStore) => new CredentialVerifier({ rootKeys, counters })

describe('a counter store that misbehaves', () => {
  test('one that fails grants nothing', async () => {
    const failing: CounterStore = { commit: () => Promise.reject(new Error('disk full')) }
    await expect(withStore(failing).verify(counted, preimage, context)).rejects.toThrow('disk full')
  })

  test('one that throws at once grants nothing', async () => {
    const throwing: CounterStore = {
      commit: () => {
        throw new Error('closed')
      },
    }
    await expect(withStore(throwing).verify(counted, preimage, context)).rejects.toThrow('closed')
  })

  test('one that refuses an operation it was not given is not believed', async () => {
    const confused: CounterStore = { commit: () => ({ committed: false, refusedIndex: 9 }) }
    await expect(withStore(confused).verify(counted, preimage, context)).rejects.toThrow(RangeError)
  })

  test('it is not asked at all for a credential without counted caveats, nor for a refused request', async () => {
    let asked = 0
    const counting: CounterStore = {
      commit: () => {
        asked++
        return { committed: true }
      },
    }
    const verifier = withStore(counting)
    expect((await verifier.verify(mint(), preimage, context)).accepted).toBe(true)
    expect((await verifier.verify(counted, preimage, { ...context, price: 3n })).accepted).toBe(false)
    expect((await verifier.verify(counted, new Uint8Array(32), context)).accepted).toBe(false)
    expect(asked).toBe(0)
    expect((await verifier.verify(counted, preimage, context)).accepted).toBe(true)
    expect(asked).toBe(1)
  })

  test('all counters of a request go in one commit, in chain order', async () => {
    const limits: bigint[][] = []
    const spy: CounterStore = {
      commit: (operations) => {
        limits.push(
          operations.map((operation) => (operation.kind === 'add' ? operation.limit : operation.to)),
        )
        return { committed: true }
      },
    }
    const macaroon = mint(['max_amount_total <= 30', 'channel = c', 'requests_remaining <= 20'])
    await withStore(spy).verify(macaroon, preimage, { ...context, channel: 'c', channelSequence: 7n })
    expect(limits).toEqual([[30n, 20n, 7n]])
  })

  test('the verifier tells the store until when each counter matters', async () => {
    const kept: (number | undefined)[][] = []
    const spy: CounterStore = {
      commit: (operations) => {
        kept.push(operations.map(({ expiresAt }) => expiresAt))
        return { committed: true }
      },
    }
    const expiresAt = NOW + 200
    const windowed = mint([`max_amount_per_window <= 9/60@${NOW}`, 'requests_remaining <= 9'], { expiresAt })
    await withStore(spy).verify(windowed, preimage, { ...context, now: NOW + 61 })
    // The second window ends 120 s after its start; the use counter lives as long as the credential.
    expect(kept).toEqual([[NOW + 120, expiresAt]])
  })

  test('a skew setting keeps counters for as long as it keeps the credential', async () => {
    const counters = new MemoryCounterStore(1)
    const verifier = new CredentialVerifier({ rootKeys, counters, policy: { clockSkewSeconds: 10 } })
    const single = mint(['requests_remaining <= 1'])
    const other = mint(['requests_remaining <= 1'], { nonce: new Uint8Array(16), expiresAt: NOW + 1000 })
    expect((await verifier.verify(single, preimage, context)).accepted).toBe(true)
    const late = { ...context, now: NOW + 210 }
    await expect(verifier.verify(other, preimage, late)).rejects.toMatchObject({ code: 'COUNTER_STORE_FULL' })
    expect(await verifier.verify(single, preimage, late)).toMatchObject({ code: 'CAVEAT_USES_EXHAUSTED' })
  })
})
