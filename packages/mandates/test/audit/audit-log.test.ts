import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { utf8 } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuditHead,
  AuditLog,
  AuditTree,
  auditAnchorDigest,
  EMPTY_AUDIT_HEAD,
  type OpenedEntry,
  verifyAuditLog,
  verifyDisclosure,
} from '../../src/index.ts'
import { codeOf, digest, FRAME, OTHER_FRAME, seed } from '../support.ts'

const options = (fileSystem: SimulatedFileSystem) => ({
  journal: Journal.open({ directory: '/log', fileSystem, salt: () => 1, segmentBytesMax: 65_536 }),
  frame: FRAME,
  saltKey: seed(9),
})

/** Ten entries, written and read back. */
async function written(
  size = 10,
): Promise<{ entries: OpenedEntry[]; head: AuditHead; log: AuditLog; fileSystem: SimulatedFileSystem }> {
  const fileSystem = new SimulatedFileSystem()
  const log = AuditLog.open(options(fileSystem))
  for (let i = 0; i < size; i++) log.append('receipt', 100 + i, utf8(`paid ${i}`))
  await log.flush()
  return { entries: [...log.entries()], head: log.head, log, fileSystem }
}

describe('an audit log (catalogue example 42)', () => {
  it('verifies, and says that a cut tail is possible unless a head is anchored', async () => {
    const { entries, head } = await written()
    expect(verifyAuditLog(FRAME, entries)).toEqual({ ...head, truncation: 'possible', unanchored: 10n })
    expect(verifyAuditLog(FRAME, entries, head)).toEqual({ ...head, truncation: 'excluded', unanchored: 0n })
    expect(verifyAuditLog(FRAME, [], undefined)).toMatchObject({ size: 0n, truncation: 'possible' })
  })

  const swap = (all: OpenedEntry[], i: number, j: number): OpenedEntry[] =>
    all.with(i, all[j]!).with(j, all[i]!)
  const edit = (all: OpenedEntry[], i: number, change: Partial<OpenedEntry['entry']>): OpenedEntry[] =>
    all.with(i, { ...all[i]!, entry: { ...all[i]!.entry, ...change } })
  it.each<[string, (entries: OpenedEntry[]) => OpenedEntry[], string]>([
    ['an entry deleted', (all) => all.toSpliced(4, 1), 'AUDIT_INDEX'],
    ['sequence 7 skipped', (all) => all.filter(({ entry }) => entry.index !== 7n), 'AUDIT_INDEX'],
    ['two entries swapped', (all) => swap(all, 3, 6), 'AUDIT_INDEX'],
    [
      'swapped and renumbered',
      (all) => edit(edit(swap(all, 3, 6), 3, { index: 3n }), 6, { index: 6n }),
      'AUDIT_CHAIN',
    ],
    ['an entry inserted', (all) => all.toSpliced(5, 0, all[4]!), 'AUDIT_INDEX'],
    ['a time edited', (all) => edit(all, 5, { at: 105_000 }), 'AUDIT_CHAIN'],
    ['a type edited', (all) => edit(all, 5, { type: 'gift' }), 'AUDIT_CHAIN'],
    ['a body edited', (all) => all.with(5, { ...all[5]!, body: utf8('paid 0') }), 'AUDIT_CHAIN'],
    ['a salt edited', (all) => all.with(5, { ...all[5]!, salt: new Uint8Array(16) }), 'AUDIT_CHAIN'],
    ['the first entry gone', (all) => all.slice(1), 'AUDIT_INDEX'],
    ['the tail cut, no anchor', (all) => all.slice(0, 7), 'OK'],
  ])('%s: %s', async (_, tamper, code) => {
    const { entries } = await written()
    expect(await codeOf(() => verifyAuditLog(FRAME, tamper(entries)))).toBe(code)
  })

  it('with a cut tail is caught by an anchored head, however short the cut, and a rewritten one too', async () => {
    const { entries, head } = await written()
    for (let kept = 0; kept < 10; kept++)
      expect(await codeOf(() => verifyAuditLog(FRAME, entries.slice(0, kept), head))).toBe('AUDIT_TRUNCATED')
    const rewritten = (await written(9)).log
    rewritten.append('receipt', 109, utf8('paid 1000'))
    await rewritten.flush()
    expect(await codeOf(() => verifyAuditLog(FRAME, rewritten.entries(), head))).toBe('AUDIT_TRUNCATED')
    expect(await codeOf(() => verifyAuditLog(FRAME, entries, EMPTY_AUDIT_HEAD))).toBe('OK')
  })

  it('verifies without its bodies', async () => {
    const { entries, head } = await written()
    expect(
      verifyAuditLog(
        FRAME,
        entries.map(({ entry }) => entry),
        head,
      ).truncation,
    ).toBe('excluded')
  })

  it('does not verify in another frame', async () => {
    const { entries } = await written()
    expect(await codeOf(() => verifyAuditLog(OTHER_FRAME, entries))).toBe('AUDIT_CHAIN')
  })

  it('never runs backwards, whatever the clock says', async () => {
    const { log } = await written(1)
    log.append('receipt', 5, utf8('late'))
    await log.flush()
    expect([...log.entries()].map(({ entry }) => entry.at)).toEqual([100, 100])
  })

  it('goes on after a crash where it was durable, and refuses a journal that is not its own', async () => {
    const { log, head, fileSystem } = await written()
    log.append('receipt', 200, utf8('not flushed'))
    fileSystem.restart('power', () => 0)
    const again = AuditLog.open(options(fileSystem))
    expect(again.head).toEqual(head)
    const foreign = options(new SimulatedFileSystem())
    foreign.journal.append(utf8('something else'))
    await foreign.journal.flush()
    expect(await codeOf(() => AuditLog.open(foreign))).toBe('AUDIT_ENTRY_MALFORMED')
  })

  it('leaves no gap when the journal refuses an entry', async () => {
    const { log, head } = await written()
    expect(() => log.append('receipt', 1, new Uint8Array(65_537))).toThrow('at most 65536')
    expect(log.head).toEqual(head)
  })
})

describe('disclosure of single entries', () => {
  it('proves exactly the opened entry, for every entry and every size', async () => {
    const { entries } = await written(33)
    const tree = new AuditTree(
      FRAME,
      entries.map(({ entry }) => entry),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 33 }),
        fc.nat(32),
        fc.nat(32),
        async (size, index, other) => {
          fc.pre(index < size && other < size && index !== other)
          const head = verifyAuditLog(FRAME, entries.slice(0, size))
          const anchor = tree.anchor(head)
          const anchored = auditAnchorDigest(FRAME, anchor)
          const disclosure = { opened: entries[index]!, anchor, inclusion: tree.prove(index, BigInt(size)) }
          verifyDisclosure(FRAME, disclosure, anchored)
          expect(
            await codeOf(() => verifyDisclosure(FRAME, { ...disclosure, opened: entries[other]! }, anchored)),
          ).toBe('AUDIT_PROOF')
          expect(await codeOf(() => verifyDisclosure(FRAME, disclosure, digest(1)))).toBe('AUDIT_PROOF')
          expect(
            await codeOf(() =>
              verifyDisclosure(
                FRAME,
                { ...disclosure, anchor: { ...anchor, size: anchor.size + 1n } },
                anchored,
              ),
            ),
          ).toBe('AUDIT_PROOF')
          const forged = { ...disclosure, opened: { ...entries[index]!, body: utf8('free') } }
          expect(await codeOf(() => verifyDisclosure(FRAME, forged, anchored))).toBe('AUDIT_CHAIN')
        },
      ),
    )
  })
})
