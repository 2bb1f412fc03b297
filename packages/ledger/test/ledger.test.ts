import { decode } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  decodeBlock,
  encodeBlock,
  stateRoot,
  verifyTrieProof,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import type { Ledger } from '../src/index.ts'
import { Ledger as LedgerClass, MemoryFlatState } from '../src/index.ts'
import {
  type Actor,
  actor,
  advance,
  FEE,
  frameWith,
  genesisOf,
  pay,
  propose,
  proposer,
  sign,
} from './frame.ts'

const alice = actor('alice')
const bob = actor('bob')
const carol = actor('carol')

function accountOf(ledger: Ledger, of: Actor) {
  const encoded = ledger.get('accounts', accountKey(of.address))
  return encoded === undefined ? undefined : decode(accountRecord, encoded)
}

describe('a ledger with one validator', () => {
  it('issues the allocations in the genesis block and nothing else', () => {
    const ledger = frameWith([
      [alice, 1_000_000_000n],
      [bob, 5n],
    ])
    expect(ledger.height).toBe(0n)
    expect(ledger.supply.issued).toBe(1_000_000_005n)
    expect(ledger.supply.buckets[0]).toBe(1_000_000_005n)
    expect(accountOf(ledger, alice)).toEqual({ balance: 1_000_000_000n, nonce: 0n })
    expect(ledger.genesisBlock.events[0]?.type).toBe('accounts.issued')
    expect(ledger.head.parent).toEqual(ledger.frame)
  })

  it('shows an account without encoding it: what get says, and zeros where there is none', async () => {
    const ledger = frameWith([[alice, 1_000_000_000n]])
    expect(ledger.account(bob.address)).toEqual({ balance: 0n, nonce: 0n })
    for (let nonce = 0n; nonce < 3n; nonce++) {
      await advance(ledger, [sign(ledger, alice, nonce, pay(bob, 1_000n))])
      for (const one of [alice, bob])
        expect(ledger.account(one.address)).toMatchObject(accountOf(ledger, one) ?? {})
      expect(ledger.account(bob.address).balance).toBe((nonce + 1n) * 1_000n)
    }
  })

  it('moves an amount, charges the fee in proportion to the gas used, and pays it to the proposer', async () => {
    const ledger = frameWith([[alice, 1_000_000_000n]])
    const block = await advance(ledger, [sign(ledger, alice, 0n, pay(bob, 1_000n))])
    const receipt = block.receipts[0]
    expect(receipt?.code).toBe('OK')
    const charged = receipt?.feeCharged ?? 0n
    expect(charged).toBe((FEE * (receipt?.gasUsed ?? 0n) + 999_999n) / 1_000_000n)
    expect(accountOf(ledger, alice)).toEqual({ balance: 1_000_000_000n - 1_000n - charged, nonce: 1n })
    expect(accountOf(ledger, bob)).toEqual({ balance: 1_000n, nonce: 0n })
    expect(accountOf(ledger, proposer)).toEqual({ balance: charged, nonce: 0n })
    expect(block.events.map((event) => event.type)).toEqual([
      'accounts.transferred',
      'fees.charged',
      'fees.distributed',
    ])
  })

  it('lands credits at the end of the block: what arrives can be spent from the next one on', async () => {
    const ledger = frameWith([[alice, 10_000_000n]])
    const spend = (nonce: bigint) => sign(ledger, bob, nonce, pay(carol, 1n))
    const first = await advance(ledger, [sign(ledger, alice, 0n, pay(bob, 3_000_000n)), spend(0n)])
    expect(first.skipped.map((one) => one.code)).toEqual(['INSUFFICIENT_BALANCE'])
    const second = await advance(ledger, [spend(0n)])
    expect(second.receipts[0]?.code).toBe('OK')
    expect(accountOf(ledger, carol)?.balance).toBe(1n)
  })

  it('is re-executed to the same block by a ledger that only reads the bytes', async () => {
    const genesis = genesisOf([[alice, 1_000_000_000n]])
    const one = LedgerClass.create({ genesis })
    const other = LedgerClass.create({ genesis })
    for (let height = 0n; height < 3n; height++) {
      const block = await advance(one, [sign(one, alice, height, pay(bob, height + 1n))])
      const executed = await other.apply(decodeBlock(encodeBlock(block.block)))
      other.commit(executed)
      expect(other.headHash).toEqual(one.headHash)
    }
  })

  it('continues from a flat state and a header, and refuses a state that is not the header’s', async () => {
    const genesis = genesisOf([[alice, 1_000_000_000n]])
    const state = new MemoryFlatState()
    const ledger = LedgerClass.create({ genesis, state })
    state.apply(ledger.genesisBlock.changes)
    const block = await advance(ledger, [sign(ledger, alice, 0n, pay(bob, 7n))])
    expect(() => LedgerClass.create({ genesis, state, head: block.header })).toThrow(
      expect.objectContaining({ code: 'BLOCK_MISMATCH' }),
    )
    state.apply(block.changes)
    const resumed = LedgerClass.create({ genesis, state, head: block.header })
    expect(resumed.genesisBlock.hash).toEqual(ledger.genesisBlock.hash)
    const next = [sign(ledger, alice, 1n, pay(bob, 8n))]
    expect((await propose(resumed, next)).hash).toEqual((await propose(ledger, next)).hash)
  })

  it('serves proofs of the committed checkpoint while a block is proposed on top of it', async () => {
    const ledger = frameWith([[alice, 1_000_000_000n]])
    const before = ledger.get('accounts', accountKey(alice.address))
    await propose(ledger, [sign(ledger, alice, 0n, pay(bob, 7n))])
    const root = ledger.namespaceRoots[0] as Parameters<typeof verifyTrieProof>[0]
    expect(stateRoot(ledger.frame, ledger.namespaceRoots)).toEqual(ledger.head.stateRoot)
    verifyTrieProof(
      root,
      accountKey(alice.address),
      before,
      ledger.prove('accounts', accountKey(alice.address)),
    )
    verifyTrieProof(
      root,
      accountKey(bob.address),
      undefined,
      ledger.prove('accounts', accountKey(bob.address)),
    )
  })
})
