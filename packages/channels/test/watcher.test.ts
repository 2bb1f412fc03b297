import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { type Hash, sha256 } from '@symbolon/primitives'
import { CHANNEL_STATUS } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import { evidenceFrom, WATCHER_LIMITS, Watcher } from '../src/index.ts'
import { Adversary } from './adversary.ts'
import { openPair, QUOTE, seedOf, settle } from './support.ts'

const openJournal = (fileSystem = new SimulatedFileSystem()): Journal =>
  Journal.open({ directory: '/watcher', fileSystem, salt: () => 1 })

/** Bob has been paid 5,000 at once and 40 by ticks, has an unclaimed payment, and goes away; Alice keeps the old state 1. */
async function betrayal() {
  const pair = await openPair()
  const { a, b, alice, ledger } = pair
  await a.pay(1_000n)
  await settle()
  const old = a.signed
  await a.pay(4_000n)
  const stream = await a.openStream({ tickValue: 2n, quote: QUOTE, length: 100 })
  const preimage = seedOf('payment')
  await a.update([
    { kind: 'addHtlc', body: { id: 1n, amount: 300n, paymentHash: sha256(preimage) as Hash, expiry: 400n } },
  ])
  await settle()
  stream.pay(20)
  await settle()
  const cheat = (): Promise<{ code: string }> =>
    ledger.submit({
      kind: 'channels.closeUnilateral',
      body: { channel: a.id, state: old.state, signatures: old.signatures, party: 0 },
    })
  const leave = (): void => {
    a.stop()
    b.stop()
  }
  return { ...pair, alice, old, preimage, cheat, leave }
}

describe('the watcher', () => {
  test('a stale close while the victim is away: newer state, ticks and payment are all claimed, then settled', async () => {
    const { b, ledger, preimage, cheat, leave } = await betrayal()
    const watcher = await Watcher.open(ledger, openJournal())
    await watcher.watch({ ...evidenceFrom(b), preimages: [preimage] })
    const id = b.id
    leave()
    await cheat()
    await settle()
    ledger.advance()
    await settle()
    expect((await ledger.channel(id))?.dispute?.state.sequence).toBe(4n)
    ledger.advance(101n)
    await settle()
    const record = await ledger.channel(id)
    expect(record?.status).toBe(CHANNEL_STATUS.closed)
    // 5,000 paid, 20 ticks of 2, the payment of 300, and the reserve of 1,000, which a proven cheat forfeits (CM-15).
    expect(record?.payouts).toEqual([1_000_000n - 6_340n, 6_340n])
    // CON-115: 4 supersedes 1 by more than one, so the cheater's bond is lost.
    expect(ledger.forfeited).toEqual([{ closer: 0 }])
    expect(watcher.size).toBe(0)
  })

  test('without a watcher the stale state becomes final (T-26)', async () => {
    const { b, ledger, cheat, leave } = await betrayal()
    const id = b.id
    leave()
    await cheat()
    ledger.advance(101n)
    await ledger.submit({ kind: 'channels.settle', body: { channel: id } })
    expect((await ledger.channel(id))?.payouts).toEqual([999_000n, 1_000n])
  })

  test('protects a running channel as it goes: every new state, and ticks between states', async () => {
    const { a, b, ledger, cheat } = await betrayal()
    const fileSystem = new SimulatedFileSystem()
    const watcher = await Watcher.open(ledger, openJournal(fileSystem))
    const stop = watcher.protect(b)
    const [payer] = a.streams.payers.values()
    payer?.pay(30)
    await settle()
    await a.pay(7n)
    payer?.pay(1)
    await settle()
    const id = b.id
    stop()
    a.stop()
    b.stop()
    await cheat()
    await settle()
    ledger.advance()
    await settle()
    ledger.advance(101n)
    await settle()
    // 5,000 and 7 paid, 20 + 30 + 1 ticks of 2, the cheat's reserve; the unclaimed payment of 300 waits for its expiry.
    const record = await ledger.channel(id)
    expect(record?.payouts).toEqual([1_000_000n - 6_109n - 300n, 6_109n])
    expect(record?.unresolved?.pending.map(({ amount }) => amount)).toEqual([300n])
  })

  test('keeps its evidence over a restart, and reacts to what happened meanwhile', async () => {
    const { b, ledger, cheat, leave } = await betrayal()
    const fileSystem = new SimulatedFileSystem()
    const first = await Watcher.open(ledger, openJournal(fileSystem))
    await first.watch(evidenceFrom(b))
    first.stop()
    const id = b.id
    leave()
    await cheat()
    fileSystem.restart('power', () => 0.1)
    const second = await Watcher.open(ledger, openJournal(fileSystem))
    await settle()
    expect((await ledger.channel(id))?.dispute?.state.sequence).toBe(4n)
    expect(second.size).toBe(1)
  })

  test('refuses evidence that could not win: unsigned, of other terms, or older than what it holds', async () => {
    const { b, ledger, old } = await betrayal()
    const watcher = await Watcher.open(ledger, openJournal())
    const evidence = evidenceFrom(b)
    await watcher.watch(evidence)
    const forged = { ...evidence.signed, state: { ...evidence.signed.state, sequence: 99n } }
    await expect(watcher.watch({ ...evidence, signed: forged })).rejects.toMatchObject({
      code: 'CHANNEL_SIGNATURE',
    })
    await expect(
      watcher.watch({ ...evidence, terms: { ...evidence.terms, nonce: 5n } }),
    ).rejects.toMatchObject({ code: 'CHANNEL_IDENTITY_MISMATCH' })
    await expect(watcher.watch({ ...evidence, signed: old })).rejects.toMatchObject({
      code: 'CHANNEL_SEQUENCE',
    })
  })

  test('what is uploaded holds no secret: neither channel key nor stream secret nor an unshown preimage', async () => {
    const { b, alice, bob } = await betrayal()
    const { encodeEvidence } = await import('../src/watcher/evidence-entry.ts')
    const text = Buffer.from(encodeEvidence({ ...evidenceFrom(b), ended: false })).toString('hex')
    for (const secret of [
      alice.signer.keys.exportSeed(),
      bob.signer.keys.exportSeed(),
      seedOf('alice secret'),
      seedOf('bob secret'),
      seedOf('payment'),
    ])
      expect(text).not.toContain(Buffer.from(secret).toString('hex'))
  })

  test('a ledger out of reach is asked again with the next checkpoint', async () => {
    const { b, ledger, cheat, leave } = await betrayal()
    const watcher = await Watcher.open(ledger, openJournal())
    await watcher.watch(evidenceFrom(b))
    const id = b.id
    leave()
    await cheat()
    ledger.refuse = () => {
      throw new Error('unreachable')
    }
    await settle()
    ledger.refuse = undefined
    ledger.advance()
    await settle()
    expect((await ledger.channel(id))?.dispute?.state.sequence).toBe(4n)
  })
})

describe('a watcher that is refused', () => {
  test('tries an answer attemptsMax times, then again when the record has changed', async () => {
    const { b, a, ledger, cheat, leave } = await betrayal()
    const watcher = await Watcher.open(ledger, openJournal())
    await watcher.watch(evidenceFrom(b))
    leave()
    ledger.refuse = ({ kind }) => (kind === 'channels.challenge' ? 'BUSY' : undefined)
    await cheat()
    const challenges = (): number =>
      ledger.submitted.filter(({ kind }) => kind === 'channels.challenge').length
    for (let height = 0; height < WATCHER_LIMITS.attemptsMax + 10; height++) {
      ledger.advance()
      await settle(2)
    }
    expect(challenges()).toBe(WATCHER_LIMITS.attemptsMax)
    ledger.refuse = undefined
    const { dispute } = (await ledger.channel(a.id)) ?? {}
    if (dispute === undefined) throw new Error('no dispute')
    const key = [...ledger.records.keys()][0] as string
    const record = ledger.records.get(key)
    if (record === undefined) throw new Error('no record')
    ledger.records.set(key, { ...record, dispute: { ...dispute, extended: true } })
    ledger.advance()
    await settle()
    expect((await ledger.channel(a.id))?.dispute?.state.sequence).toBe(4n)
  })

  test('a ledger that is out of reach for longer than attemptsMax heights is still answered afterwards', async () => {
    const { b, ledger, cheat, leave } = await betrayal()
    const watcher = await Watcher.open(ledger, openJournal())
    await watcher.watch(evidenceFrom(b))
    const id = b.id
    leave()
    await cheat()
    ledger.refuse = () => {
      throw new Error('unreachable')
    }
    for (let height = 0; height < WATCHER_LIMITS.attemptsMax + 10; height++) {
      ledger.advance()
      await settle(2)
    }
    ledger.refuse = undefined
    ledger.advance()
    await settle()
    expect((await ledger.channel(id))?.dispute?.state.sequence).toBe(4n)
  })

  test('waits out the redemption window of a frame that has one before it settles, without a refusal', async () => {
    const { b, ledger, preimage, cheat, leave } = await betrayal()
    ledger.challengeExtension = 20n
    const watcher = await Watcher.open(ledger, openJournal())
    await watcher.watch({ ...evidenceFrom(b), preimages: [preimage] })
    const id = b.id
    leave()
    await cheat()
    ledger.advance()
    await settle()
    const deadline = (await ledger.channel(id))?.dispute?.deadline ?? 0n
    while (ledger.height() < deadline + 25n) {
      ledger.advance()
      await settle(2)
    }
    expect((await ledger.channel(id))?.status).toBe(CHANNEL_STATUS.closed)
    expect(ledger.submitted.filter(({ kind }) => kind === 'channels.settle').length).toBe(1)
    expect((await ledger.channel(id))?.closed).toBe(deadline + 21n)
    expect(watcher.size).toBe(0)
  })

  test('compacts its journal: after a restart it holds the newest evidence of each channel, and nothing of ended ones', async () => {
    const { b, a, ledger, old, leave } = await betrayal()
    const fileSystem = new SimulatedFileSystem()
    const journal = openJournal(fileSystem)
    const watcher = await Watcher.open(ledger, journal, { recordsBeforeSnapshot: 5 })
    for (let i = 0; i < 12; i++) {
      await a.pay(1n)
      await settle(3)
      await watcher.watch(evidenceFrom(b))
    }
    const position = journal.latestSnapshot()?.position ?? 0
    expect(position).toBeGreaterThan(0)
    expect(journal.endPosition - position).toBeLessThan(5)
    const newest = b.signed.state.sequence
    watcher.stop()
    await journal.close()
    leave()
    const again = await Watcher.open(ledger, openJournal(fileSystem))
    expect(again.size).toBe(1)
    expect(newest).toBe(16n)
    // It knows what it held: the state before the newest is refused.
    await expect(again.watch({ ...evidenceFrom(b), signed: old })).rejects.toMatchObject({
      code: 'CHANNEL_SEQUENCE',
      message: expect.stringContaining(`${newest}`),
    })
  })
})

describe('the engine in its own dispute', () => {
  test('a running side answers a stale close by itself, redeems and settles', async () => {
    const { b, a, ledger, cheat } = await betrayal()
    a.stop()
    await cheat()
    await settle()
    expect(b.phase).toBe('disputed')
    ledger.advance(101n)
    await settle()
    // The payment of 300 can be taken until 400: until then the channel is settled but for it.
    expect(b.phase).toBe('settling')
    expect((await ledger.channel(b.id))?.payouts?.[1]).toBe(6_040n)
    ledger.advance(300n)
    await ledger.submit({ kind: 'channels.timeoutHtlc', body: { channel: b.id, htlc: 1n } })
    await settle()
    expect(b.phase).toBe('closed')
    expect((await ledger.channel(b.id))?.payouts).toEqual([1_000_000n - 6_040n, 6_040n])
  })

  test('CON-115: a peer that withholds its signature cannot take the bond of an honest closer', async () => {
    const { a, b, alice, bob, ledger } = await openPair()
    await a.pay(100n)
    await settle()
    const id = b.id
    const mallory = new Adversary(bob, alice)
    await mallory.connect(alice)
    void a.pay(50n).catch(() => {})
    await settle()
    const update = mallory.heard.findLast(({ kind }) => kind === 'update')
    const proposed = alice.signer.signedStates.at(-1)?.next
    if (update?.kind !== 'update' || proposed === undefined) throw new Error('no update was proposed')
    await a.closeUnilateral()
    await settle()
    expect((await ledger.channel(id))?.dispute?.state.sequence).toBe(1n)
    const signatures = [update.body.signature, mallory.sign(proposed)]
    expect(
      await ledger.submit({
        kind: 'channels.challenge',
        body: { channel: id, state: proposed, signatures, party: 1 },
      }),
    ).toMatchObject({ code: 'OK' })
    expect(ledger.forfeited).toEqual([])
  })

  test('CON-115: who refused a proposal and got no answer closes with that proposal, and keeps its bond', async () => {
    const { a, b, alice, bob, ledger } = await openPair({
      bob: {
        consent: ({ kind }) => {
          if (kind === 'agreeQuote') throw new Error('no')
        },
      },
    })
    await a.pay(100n)
    await settle()
    const id = b.id
    const mallory = new Adversary(alice, bob)
    await mallory.connect(bob)
    mallory.update([{ kind: 'agreeQuote', body: { quote: QUOTE } }])
    await settle()
    const counter = mallory.heard.findLast(({ kind }) => kind === 'counter')
    if (counter?.kind !== 'counter') throw new Error('no counter-proposal')
    expect(counter.body.sequence).toBe(3n)
    await b.closeUnilateral()
    await settle()
    // Bob could have refused and closed with 1; then Mallory's completed 3 would have cost him the bond.
    expect((await ledger.channel(id))?.dispute?.closingSequence).toBe(2n)
    const voided = bob.signer.signedStates.find(({ purpose }) => purpose === 'void')?.next
    if (voided === undefined) throw new Error('no void state')
    const signatures = [mallory.sign(voided), counter.body.signature]
    expect(
      await ledger.submit({
        kind: 'channels.challenge',
        body: { channel: id, state: voided, signatures, party: 0 },
      }),
    ).toMatchObject({ code: 'OK' })
    expect(ledger.forfeited).toEqual([])
  })
})
