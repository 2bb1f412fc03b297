import { type Hash, sha256, utf8 } from '@symbolon/primitives'
import { type Block, DEFAULT_PARAMETERS, type Header } from '@symbolon/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { Ledger, type ProposedBlock, TransactionCandidate } from '../../src/index.ts'
import { actor, advance, genesisOf, pay, propose, sign } from '../frame.ts'

const [alice, bob] = [actor('alice'), actor('bob')]
const genesis = genesisOf([
  [alice, 100_000_000n],
  [bob, 100_000_000n],
])
let ledger: Ledger
let block: ProposedBlock
const make = () => Ledger.create({ genesis })

beforeAll(async () => {
  ledger = make()
  block = await propose(ledger, [
    sign(ledger, alice, 0n, pay(bob, 1n)),
    sign(ledger, bob, 0n, pay(alice, 2n)),
    sign(ledger, alice, 1n, pay(bob, 3n)),
  ])
  expect(block.receipts).toHaveLength(3)
})

const refusal = async (changed: Block): Promise<{ code: string; details: Record<string, unknown> }> => {
  const before = ledger.namespaceRoots
  const error = await ledger.apply(changed).then(
    () => expect.unreachable('the block was accepted'),
    (reason: unknown) => reason,
  )
  expect(ledger.namespaceRoots).toEqual(before)
  return error as never
}
const withHeader = (change: Partial<Header>): Block => ({
  ...block.block,
  header: { ...block.header, ...change },
})
const other = sha256(utf8('other')) as Hash

describe('a block of another validator', () => {
  it('is accepted as it was proposed', async () => {
    expect((await ledger.apply(block.block)).hash).toEqual(block.hash)
  })

  it.each([
    'frame',
    'parent',
    'transactionRoot',
    'receiptRoot',
    'eventRoot',
    'stateRoot',
    'validatorSet',
    'nextValidatorSet',
    'evidenceRoot',
  ] as const)('is refused if its %s differs, and the error names it', async (field) => {
    expect(await refusal(withHeader({ [field]: other }))).toMatchObject({
      code: 'BLOCK_MISMATCH',
      details: { field },
    })
  })

  it('is refused if its height, epoch, gas or time is wrong', async () => {
    expect(await refusal(withHeader({ height: 2n }))).toMatchObject({
      code: 'BLOCK_MISMATCH',
      details: { field: 'height' },
    })
    expect(await refusal(withHeader({ epoch: 1n }))).toMatchObject({
      code: 'BLOCK_MISMATCH',
      details: { field: 'epoch' },
    })
    expect(await refusal(withHeader({ gasUsed: block.gasUsed + 1n }))).toMatchObject({
      details: { field: 'gasUsed' },
    })
    const later = make()
    await advance(later, [])
    const next = await propose(later, [])
    const early = { ...next.block, header: { ...next.header, timestamp: later.head.timestamp - 1n } }
    await expect(later.apply(early)).rejects.toMatchObject({
      code: 'BLOCK_MISMATCH',
      details: { field: 'timestamp' },
    })
  })

  it('is refused if its supply differs in any total', async () => {
    const { supply } = block.header
    expect(await refusal(withHeader({ supply: { ...supply, issued: supply.issued + 1n } }))).toMatchObject({
      details: { field: 'supply' },
    })
    const buckets = supply.buckets.with(0, (supply.buckets[0] ?? 0n) - 1n).with(3, 1n)
    expect(await refusal(withHeader({ supply: { ...supply, buckets } }))).toMatchObject({
      details: { field: 'supply' },
    })
  })

  it('is refused if another takes the fees', async () => {
    expect((await refusal(withHeader({ proposer: bob.address }))).code).toBe('BLOCK_MISMATCH')
  })

  it('is refused if a transaction is dropped, repeated, moved or replaced', async () => {
    const { transactions } = block.block
    const variants = [
      transactions.slice(1),
      transactions.slice(0, -1),
      [...transactions, transactions[1] as Uint8Array],
      transactions.toReversed(),
      transactions.with(1, sign(ledger, bob, 0n, pay(alice, 3n)).bytes),
    ]
    for (const changed of variants)
      expect((await refusal({ ...block.block, transactions: changed })).code).toMatch(
        /^BLOCK_(MISMATCH|TRANSACTION)$/,
      )
  })

  it('is refused if a signature was replaced by that of another body, or bytes do not decode', async () => {
    const { transactions } = block.block
    const [first, second] = transactions.map((bytes) => TransactionCandidate.decode(bytes).transaction)
    const forged = TransactionCandidate.of({
      body: first?.body as never,
      signatures: second?.signatures as never,
    }).bytes
    expect(await refusal({ ...block.block, transactions: transactions.with(0, forged) })).toMatchObject({
      code: 'BLOCK_TRANSACTION',
      details: { index: 0, code: 'TRANSACTION_SIGNATURE' },
    })
    const cut = (transactions[2] as Uint8Array).slice(0, -1)
    expect(await refusal({ ...block.block, transactions: transactions.with(2, cut) })).toMatchObject({
      code: 'BLOCK_TRANSACTION',
      details: { index: 2, code: 'TRANSACTION_MALFORMED' },
    })
  })

  it('is refused if it carries attestors that the header does not commit to, or that are no validators', async () => {
    expect((await refusal({ ...block.block, attestors: Uint8Array.of(1) })).code).toBe('BLOCK_MISMATCH')
    // In a block without fees nothing else would tell.
    const empty = await propose(ledger, [])
    expect(await refusal({ ...empty.block, attestors: Uint8Array.of(1) })).toMatchObject({
      details: { field: 'evidenceRoot' },
    })
    expect((await refusal({ ...block.block, attestors: Uint8Array.of(2) })).code).toBe('BLOCK_ATTESTORS')
  })

  it('is refused over the gas limit of the block', async () => {
    const small = Ledger.create({
      genesis: genesisOf([[alice, 100_000_000n]], { blockGasLimit: 1_500_000n }),
    })
    const two = [0n, 1n].map((nonce) => sign(small, alice, nonce, pay(bob, 1n)))
    const proposed = await propose(small, two)
    expect(proposed.skipped.map((one) => one.code)).toEqual(['BLOCK_FULL'])
    const stuffed = { ...proposed.block, transactions: two.map((one) => one.bytes) }
    await expect(small.apply(stuffed)).rejects.toMatchObject({ code: 'BLOCK_FULL' })
    expect(DEFAULT_PARAMETERS.blockGasLimit).toBe(2_000_000_000n)
  })
})

describe('competing blocks', () => {
  it('can be executed side by side; one is committed, the others are void', async () => {
    const one = make()
    const a = await propose(one, [sign(one, alice, 0n, pay(bob, 1n))])
    const b = await propose(one, [sign(one, alice, 0n, pay(bob, 2n))])
    const c = await propose(one, [])
    one.discard(c)
    one.commit(b)
    expect(one.headHash).toEqual(b.hash)
    expect(() => one.commit(a)).toThrow(
      expect.objectContaining({ code: 'BLOCK_MISMATCH', details: { field: 'parent' } }),
    )
    expect(() => one.commit(b)).toThrow(expect.objectContaining({ code: 'BLOCK_MISMATCH' }))
    const two = make()
    await two.apply(a.block)
    two.commit(await two.apply(b.block))
    expect(two.headHash).toEqual(one.headHash)
  })

  it('are refused for another height than the next (BLOCK_HEIGHT)', async () => {
    const one = make()
    const proposal = {
      transactions: [],
      proposer: alice.address,
      timestamp: 0n,
      height: 2n,
      round: 0,
      seed: other,
      vrfProof: new Uint8Array(0),
    }
    await expect(one.propose(proposal)).rejects.toMatchObject({ code: 'BLOCK_HEIGHT' })
  })

  it('are given up if another is committed while they are executed (BLOCK_SUPERSEDED)', async () => {
    const one = make()
    const committed = await propose(one, [sign(one, alice, 0n, pay(bob, 2n))])
    const proposing = propose(one, [sign(one, alice, 0n, pay(bob, 1n))])
    const applying = one.apply(committed.block)
    one.commit(committed)
    await expect(proposing).rejects.toMatchObject({ code: 'BLOCK_SUPERSEDED' })
    await expect(applying).rejects.toMatchObject({ code: 'BLOCK_SUPERSEDED' })
    // And nothing of it is left behind.
    const other = make()
    other.commit(await other.apply(committed.block))
    const [a, b] = [await propose(one, []), await propose(other, [])]
    expect(a.hash).toEqual(b.hash)
  })
})
