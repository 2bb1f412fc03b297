/** A scoring epoch from evidence to a final root, and everything that somebody could do to get another one. */
import { asHash, type Hash } from '@symbolon/primitives'
import { TRUST_STATUS } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { ModuleRegistry } from '../../../src/module-registry.ts'
import { TransactionCandidate } from '../../../src/transaction/candidate.ts'
import { type Agent, FRAME, lastData, MODULES } from '../harness.ts'
import { A, B, BOND, C, CHALLENGER, D, PEERS, PUBLISHER, STRANGER, TrustFrame, UNIT } from './trust-frame.ts'

const WRONG = asHash(new Uint8Array(32).fill(1))
const ALSO_WRONG = asHash(new Uint8Array(32).fill(2))

/** Two purchases, sealed: the frame, the epoch and the right root. */
function sealed(trust = {}): { frame: TrustFrame; epoch: bigint; root: Hash } {
  const frame = new TrustFrame(trust)
  frame.buy(A, B)
  frame.buy(B, C)
  const epoch = frame.seal()
  return { frame, epoch, root: frame.compute(epoch).root }
}

function published(root?: Hash): ReturnType<typeof sealed> {
  const made = sealed()
  made.frame.ok(PUBLISHER, made.frame.publication(made.epoch, root === undefined ? {} : { root }))
  return made
}

describe('sealing', () => {
  it('fixes an input that anybody reads and computes from', () => {
    const { frame, epoch } = sealed()
    const record = frame.record(epoch)
    const computed = frame.compute(epoch)
    expect(record).toMatchObject({ status: TRUST_STATUS.sealed, nodes: 3, edges: 2, computed: false })
    expect(record?.inputDigest).toEqual(computed.inputDigest)
    expect(record?.parametersDigest).toEqual(computed.parametersDigest)
    const byAgent = new Map(
      computed.tree.scores.map((score) => [Buffer.from(score.subject).toString('hex'), score]),
    )
    const of = (address: Uint8Array) => byAgent.get(Buffer.from(address).toString('hex'))
    // A is the anchor, B sold to A, C sold to B: trust falls along the way, and stake is 5 of 0 … 10.
    expect(of(A.address)?.absorbing).toBe(1_000_000)
    expect(of(B.address)?.eigenTrust).toBeGreaterThan(of(C.address)?.eigenTrust as number)
    expect(of(C.address)?.eigenTrust).toBeGreaterThan(0)
    expect(of(B.address)).toMatchObject({ success: 1_000_000, stake: 500_000, experience: 166_666 })
    expect(of(D.address)).toBeUndefined()
  })

  it('does not happen without evidence', () => {
    const frame = new TrustFrame()
    expect(frame.seal()).toBe(0n)
    expect(frame.record(0n)).toBeUndefined()
    expect(frame.head()).toBeUndefined()
  })

  it('counts nothing of whom the frame does not know, and nothing where nothing was paid', () => {
    const frame = new TrustFrame()
    frame.buy(A, B, { paid: 0n })
    frame.buy(A, B, { fee: 0n })
    const epoch = frame.seal()
    // A settlement that burned nothing relates nobody; the anchor alone is scored.
    expect(frame.record(epoch)).toMatchObject({ nodes: 1, edges: 0 })
  })

  it('puts a lost dispute on record', () => {
    const frame = new TrustFrame()
    frame.cheat(B, C)
    const scores = frame.compute(frame.seal()).tree
    expect(scores.scoreOf(B.address)).toMatchObject({ success: 0, disputes: 0, standing: 50_000 })
    expect(scores.scoreOf(C.address)).toMatchObject({ disputes: 1_000_000 })
  })

  it('stays fixed while the next epoch collects', () => {
    const { frame, epoch, root } = sealed()
    for (const peer of PEERS.slice(4)) frame.buy(A, peer)
    frame.advance()
    expect(frame.compute(epoch).root).toEqual(root)
    expect(frame.head()?.evidence).toBe(8)
  })
})

describe('publishing', () => {
  it('holds the bond until the window has passed, then the root is final and the bond returns', () => {
    const { frame, epoch, root } = sealed()
    const before = frame.balance(PUBLISHER.address)
    const at = frame.height
    frame.ok(PUBLISHER, frame.publication(epoch))
    expect(frame.balance(PUBLISHER.address)).toBe(before - BOND)
    expect(frame.held('escrow', frame.compute(epoch).inputDigest)).toBe(BOND)
    frame.until(at + 6n)
    expect(frame.record(epoch)?.status).toBe(TRUST_STATUS.published)
    expect(frame.head()?.final).toBeUndefined()
    frame.advance()
    expect(frame.record(epoch)).toMatchObject({ status: TRUST_STATUS.final, root, computed: false })
    expect(frame.head()?.final).toMatchObject({ epoch, root, count: 3, height: at + 6n })
    expect(frame.balance(PUBLISHER.address)).toBe(before)
    expect(frame.held('escrow', frame.compute(epoch).inputDigest)).toBe(0n)
  })

  it('refuses what is not for this input, these rules or this time, and takes nothing', () => {
    const { frame, epoch } = sealed()
    const total = frame.total()
    const refused = (change: object, from = PUBLISHER) =>
      frame.send(from, frame.publication(epoch, change)).code
    expect(refused({ epoch: 7n })).toBe('TRUST_EPOCH_UNKNOWN')
    expect(refused({ parametersDigest: WRONG, inputDigest: WRONG })).toBe('TRUST_PARAMETERS')
    expect(refused({ inputDigest: WRONG })).toBe('TRUST_INPUT')
    expect(refused({ count: 4 })).toBe('TRUST_INPUT')
    expect(refused({}, STRANGER)).toBe('INSUFFICIENT_BALANCE')
    expect(frame.total()).toBe(total)
    frame.ok(PUBLISHER, frame.publication(epoch))
    expect(refused({}, CHALLENGER)).toBe('TRUST_PUBLISHED')
  })

  it('is possible until the deadline, inclusive, and the epoch is missed after it', () => {
    for (const late of [0n, 1n]) {
      const { frame, epoch } = sealed()
      const { publishUntil, sealed: at } = frame.record(epoch) as { publishUntil: bigint; sealed: bigint }
      expect(publishUntil).toBe(at + 5n)
      frame.until(publishUntil + late)
      expect(frame.send(PUBLISHER, frame.publication(epoch)).code).toBe(
        late === 0n ? 'OK' : 'TRUST_DEADLINE_PASSED',
      )
      frame.advance()
      expect(frame.record(epoch)?.status).toBe(late === 0n ? TRUST_STATUS.published : TRUST_STATUS.missed)
    }
  })

  it('a missed epoch loses no evidence: the next continues from its input', () => {
    const { frame } = sealed()
    frame.until(30n)
    frame.buy(C, D)
    const next = frame.seal()
    expect(frame.record(next)).toMatchObject({ nodes: 4, edges: 3 })
    frame.ok(PUBLISHER, frame.publication(next))
    frame.until(frame.height + 8n)
    expect(frame.head()?.final?.epoch).toBe(next)
  })
})

describe('challenging', () => {
  it('a wrong root is corrected at once: half of the publisher’s bond to the challenger, half destroyed', () => {
    const { frame, epoch, root } = published(WRONG)
    const [publisher, challenger, total] = [
      frame.balance(PUBLISHER.address),
      frame.balance(CHALLENGER.address),
      frame.total(),
    ]
    const outcome = frame.ok(CHALLENGER, frame.challengeOf(epoch, root))
    expect(lastData(outcome, 'reputation.adjudicated')).toMatchObject({
      outcome: 'corrected',
      published: WRONG,
      claimed: root,
      computed: root,
    })
    expect(frame.balance(PUBLISHER.address)).toBe(publisher)
    expect(frame.balance(CHALLENGER.address)).toBe(challenger + 500n)
    expect(frame.total()).toBe(total - 501n)
    expect(frame.held('escrow', frame.compute(epoch).inputDigest)).toBe(0n)
    frame.advance()
    expect(frame.head()?.final).toMatchObject({ epoch, root })
    expect(frame.record(epoch)).toMatchObject({ status: TRUST_STATUS.final, root, computed: true })
  })

  it('a right root stands: the challenger pays, and the publisher gets its bond back with half of the other', () => {
    const { frame, epoch, root } = published()
    const [publisher, challenger, total] = [
      frame.balance(PUBLISHER.address),
      frame.balance(CHALLENGER.address),
      frame.total(),
    ]
    const outcome = frame.ok(CHALLENGER, frame.challengeOf(epoch, WRONG))
    expect(lastData(outcome, 'reputation.adjudicated')).toMatchObject({ outcome: 'upheld', computed: root })
    expect(frame.balance(CHALLENGER.address)).toBe(challenger - BOND)
    expect(frame.balance(PUBLISHER.address)).toBe(publisher + BOND + 500n)
    expect(frame.total()).toBe(total - 501n)
    frame.advance()
    expect(frame.head()?.final).toMatchObject({ epoch, root })
  })

  it('if both are wrong, both lose everything and the ledger’s root counts', () => {
    const { frame, epoch, root } = published(WRONG)
    const [publisher, challenger, total] = [
      frame.balance(PUBLISHER.address),
      frame.balance(CHALLENGER.address),
      frame.total(),
    ]
    frame.ok(CHALLENGER, frame.challengeOf(epoch, ALSO_WRONG))
    expect(frame.balance(PUBLISHER.address)).toBe(publisher)
    expect(frame.balance(CHALLENGER.address)).toBe(challenger - BOND)
    expect(frame.total()).toBe(total - 2n * BOND)
    frame.advance()
    expect(frame.head()?.final).toMatchObject({ epoch, root })
  })

  it('collusion does not save a bond: who corrects its own wrong root loses half', () => {
    const { frame, epoch, root } = sealed()
    const before = frame.balance(PUBLISHER.address)
    frame.ok(PUBLISHER, frame.publication(epoch, { root: WRONG }))
    frame.ok(PUBLISHER, frame.challengeOf(epoch, root))
    expect(frame.balance(PUBLISHER.address)).toBe(before - 501n)
  })

  it('happens once: a decided epoch cannot be challenged again, nor a bond be claimed twice', () => {
    const { frame, epoch, root } = published(WRONG)
    frame.ok(CHALLENGER, frame.challengeOf(epoch, root))
    const after = frame.total()
    expect(frame.send(CHALLENGER, frame.challengeOf(epoch, root)).code).toBe('TRUST_FINAL')
    expect(frame.send(CHALLENGER, frame.challengeOf(epoch, ALSO_WRONG)).code).toBe('TRUST_FINAL')
    frame.until(frame.height + 10n)
    expect(frame.total()).toBe(after)
  })

  it('is possible until the window ends, inclusive', () => {
    for (const late of [0n, 1n]) {
      const { frame, epoch, root } = published(WRONG)
      frame.until((frame.record(epoch)?.publication?.challengeUntil ?? 0n) + late)
      expect(frame.send(CHALLENGER, frame.challengeOf(epoch, root)).code).toBe(
        late === 0n ? 'OK' : 'TRUST_FINAL',
      )
      frame.advance()
      expect(frame.head()?.final?.root).toEqual(late === 0n ? root : WRONG)
    }
  })

  it('refuses, in this order, and takes nothing', () => {
    const { frame, epoch, root } = sealed()
    const codeOf = (change: object, claimed = WRONG, from = CHALLENGER) =>
      frame.send(from, frame.challengeOf(epoch, claimed, change)).code
    expect(codeOf({ epoch: 9n })).toBe('TRUST_EPOCH_UNKNOWN')
    expect(codeOf({})).toBe('TRUST_NOT_PUBLISHED')
    frame.ok(PUBLISHER, frame.publication(epoch))
    const total = frame.total()
    expect(codeOf({ slot: 1 }, root)).toBe('TRUST_INPUT')
    expect(codeOf({ nodes: 8_000, edges: 64_000 })).toBe('TRUST_INPUT')
    expect(codeOf({}, root)).toBe('TRUST_SAME_ROOT')
    expect(codeOf({}, WRONG, STRANGER)).toBe('INSUFFICIENT_BALANCE')
    expect(frame.total()).toBe(total)
    expect(frame.record(epoch)?.status).toBe(TRUST_STATUS.published)
  })

  it('pays gas for what it has computed', () => {
    const { frame, epoch } = published()
    const { gas } = frame.ok(CHALLENGER, frame.challengeOf(epoch, WRONG))
    expect(gas).toBe(10_000n + 3n * 15_000n + 2n * 6_000n)
  })

  it('fits in a block of the frame, however small its blocks are: what nobody can challenge is not scored', () => {
    const registry = new ModuleRegistry(MODULES)
    for (const blockGasLimit of [310_000n, 500_000n, 600_000n, 1_000_000n, 2_000_000_000n]) {
      const frame = new TrustFrame()
      frame.parameters = { ...frame.parameters, blockGasLimit }
      for (const [i, from] of PEERS.entries()) frame.buy(from, PEERS[(i + 1) % PEERS.length] as Agent)
      const epoch = frame.seal()
      const record = frame.record(epoch)
      expect(record === undefined).toBe(blockGasLimit === 310_000n)
      if (record === undefined) continue
      expect(record.nodes).toBeLessThanOrEqual(PEERS.length)
      if (blockGasLimit > 2_000_000n) expect(record).toMatchObject({ nodes: 12, edges: 12 })
      frame.ok(PUBLISHER, frame.publication(epoch, { root: WRONG }))
      const payload = frame.challengeOf(epoch, ALSO_WRONG)
      const body = {
        frame: FRAME,
        sender: CHALLENGER.address,
        nonce: 2n ** 63n,
        fee: 2n ** 62n,
        gasLimit: 1_000_000_000n,
        validUntil: 2n ** 63n,
        payload,
      }
      const signature = { publicKey: CHALLENGER.key.publicKey, signature: new Uint8Array(64) }
      const candidate = TransactionCandidate.of({ body, signatures: [signature] })
      expect(candidate.plan(registry)?.gas).toBeLessThanOrEqual(blockGasLimit)
      expect(frame.send(CHALLENGER, payload).code).toBe('OK')
    }
  })

  it('a wrong root that nobody challenged spoils one epoch: nothing that follows is computed from it', () => {
    const { frame, epoch } = published(WRONG)
    frame.until(35n)
    expect(frame.head()?.final).toMatchObject({ epoch, root: WRONG })
    frame.buy(C, D)
    const next = frame.seal()
    const honest = sealed().frame
    honest.until(35n)
    honest.buy(C, D)
    expect(honest.seal()).toBe(next)
    expect(frame.compute(next).root).toEqual(honest.compute(next).root)
  })
})

describe('the two inputs in the state', () => {
  it('the final epoch can be recomputed until the next one is final', () => {
    const { frame, epoch, root } = published()
    frame.until(35n)
    expect(frame.head()?.final?.epoch).toBe(epoch)
    for (const [round, peer] of PEERS.slice(5, 8).entries()) {
      frame.buy(A, peer)
      // Nobody publishes these: they take each other's place, never the final one's.
      const missed = frame.seal()
      expect(frame.compute(epoch).root).toEqual(root)
      expect(frame.record(missed)).toMatchObject({ slot: 1, nodes: 4 + round })
    }
    frame.buy(A, D)
    const last = frame.seal()
    frame.ok(PUBLISHER, frame.publication(last))
    frame.until(frame.height + 8n)
    expect(frame.head()?.final).toMatchObject({ epoch: last, slot: 1 })
    frame.buy(A, D)
    expect(frame.record(frame.seal())?.slot).toBe(0)
  })

  it('records are kept for 1,024 epochs, the final one for as long as it is final', () => {
    const { frame, epoch } = published()
    frame.until(35n)
    expect(frame.head()?.final?.epoch).toBe(epoch)
    /** Seals the epoch with one purchase, after any rest. */
    const sealAt = (at: bigint): void => {
      frame.advance(at * 20n)
      frame.buy(A, D)
      expect(frame.seal()).toBe(at)
    }
    for (const at of [5n, 700n, 1_028n]) sealAt(at)
    const kept = () =>
      [epoch, 5n, 700n, 1_028n, 1_029n, 5_000n].filter((one) => frame.record(one) !== undefined)
    expect(kept()).toEqual([epoch, 5n, 700n, 1_028n])
    sealAt(1_029n)
    expect(kept()).toEqual([epoch, 700n, 1_028n, 1_029n])
    sealAt(5_000n)
    expect(kept()).toEqual([epoch, 5_000n])
    frame.ok(PUBLISHER, frame.publication(5_000n))
    frame.until(frame.height + 8n)
    expect(kept()).toEqual([5_000n])
  })

  it('every base unit is where it was when all is decided', () => {
    const { frame, epoch } = published()
    const total = frame.total()
    frame.until(60n)
    expect(frame.record(epoch)?.status).toBe(TRUST_STATUS.final)
    expect(frame.total()).toBe(total)
    expect(frame.balance(PUBLISHER.address)).toBe(100n * UNIT)
  })
})
