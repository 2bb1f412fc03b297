import { encode, hashKey, sha256 } from '@symbolon/primitives'
import { accountKey, accountRecord, channelKey, identityKey } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { type FlatState, MemoryFlatState, type StateChanges } from '../../src/index.ts'
import { CommittedState } from '../../src/state/committed-state.ts'
import { actor } from '../frame.ts'

const alice = actor('alice').address
const nothing: StateChanges = { accounts: [], storage: [], identity: [], channels: [], reputation: [] }
const place = channelKey(sha256(Uint8Array.of(1)) as never)

/** Counts reads, so that a test can tell a cache from a disk. */
function counting(flat: FlatState): FlatState & { reads: number } {
  return {
    reads: 0,
    get(namespace, key) {
      this.reads++
      return flat.get(namespace, key)
    },
    entries: (namespace) => flat.entries(namespace),
  }
}

describe('the state after the last commit', () => {
  it('shows what was committed before the flat state has it, deletions included', () => {
    const flat = new MemoryFlatState()
    flat.apply({ ...nothing, channels: [{ key: place, value: Uint8Array.of(1) }] })
    const state = new CommittedState(flat)
    expect(state.get('channels', place)).toEqual(Uint8Array.of(1))
    state.advance(1n, [], { ...nothing, channels: [{ key: place, value: Uint8Array.of(2) }] })
    expect(state.get('channels', place)).toEqual(Uint8Array.of(2))
    state.advance(2n, [], { ...nothing, channels: [{ key: place, value: undefined }] })
    expect(state.get('channels', place)).toBeUndefined()
  })

  it('keeps what is newer than the flush, and forgets what is not', () => {
    const flat = new MemoryFlatState()
    const state = new CommittedState(flat)
    const other = channelKey(sha256(Uint8Array.of(2)) as never)
    state.advance(1n, [], { ...nothing, channels: [{ key: place, value: Uint8Array.of(1) }] })
    state.advance(2n, [], { ...nothing, channels: [{ key: other, value: Uint8Array.of(2) }] })
    state.flushed(1n)
    // The owner said that it has height 1; it does not, so what was kept for it is gone, and what is newer is not.
    expect(state.get('channels', place)).toBeUndefined()
    expect(state.get('channels', other)).toEqual(Uint8Array.of(2))
  })

  it('reads an account and an identity from the flat state once, also when there is none', () => {
    const memory = new MemoryFlatState()
    memory.apply({
      ...nothing,
      accounts: [{ key: accountKey(alice), value: encode(accountRecord, { balance: 5n, nonce: 1n }) }],
    })
    const flat = counting(memory)
    const state = new CommittedState(flat)
    const key = hashKey(alice)
    for (let i = 0; i < 3; i++) {
      expect(state.account(key, alice)).toMatchObject({ balance: 5n, nonce: 1n })
      expect(state.identity(key, alice)).toBeUndefined()
    }
    expect(flat.reads).toBe(2)
    state.advance(1n, [{ key, balance: 9n, nonce: 2n }], {
      ...nothing,
      identity: [{ key: identityKey(alice), value: Uint8Array.of(7) }],
    })
    expect(state.account(key, alice)).toMatchObject({ balance: 9n, nonce: 2n })
    expect(state.identity(key, alice)).toEqual(Uint8Array.of(7))
    expect(state.get('accounts', accountKey(alice))).toEqual(
      encode(accountRecord, { balance: 9n, nonce: 2n }),
    )
    expect(flat.reads).toBe(2)
  })

  it('answers nothing for keys that are no account keys', () => {
    const state = new CommittedState(new MemoryFlatState())
    for (const key of [new Uint8Array(0), alice, Uint8Array.of(2, ...alice), Uint8Array.of(1, ...alice, 0)])
      expect(state.get('accounts', key)).toBeUndefined()
  })
})
