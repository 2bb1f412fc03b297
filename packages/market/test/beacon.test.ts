import type { Address } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  type Beacon,
  type BeaconTrust,
  beaconForm,
  isServable,
  signRecord,
  supersedes,
  verifyBeacon,
} from '../src/index.ts'
import {
  altered,
  codeOf,
  codeOfAsync,
  frame,
  hashOf,
  otherFrame,
  provider,
  providerKey,
  strangerKey,
} from './fixture.ts'

const EPOCH = 40n
const HEIGHT = 1_300n
const blockHash = (height: bigint) => hashOf(`block ${height}`)
const body: Beacon = {
  frame,
  provider,
  epoch: EPOCH,
  anchorHeight: HEIGHT - 10n,
  anchor: blockHash(HEIGHT - 10n),
  descriptor: hashOf('descriptor'),
  ttlEpochs: 2,
  bond: 50n,
}
const trust: BeaconTrust = {
  frame,
  epoch: EPOCH,
  height: HEIGHT,
  blockHashAt: (height) => (height <= HEIGHT ? blockHash(height) : undefined),
  descriptor: hashOf('descriptor'),
  bondOf: (of: Address) => (of === provider ? 50n : undefined),
}
const verdict = async (change: Partial<Beacon>, view: Partial<BeaconTrust> = {}, key = providerKey) => {
  const signed = await signRecord(beaconForm, { ...body, ...change }, key)
  return codeOf(() => verifyBeacon(signed, { ...trust, ...view }))
}

describe('a beacon (example 3)', () => {
  it('of the current epoch and of the one before passes; E-2 and the future fail', async () => {
    expect(await verdict({})).toBeUndefined()
    expect(await verdict({ epoch: EPOCH - 1n })).toBeUndefined()
    expect(await verdict({ epoch: EPOCH - 2n })).toBe('BEACON_EPOCH_STALE')
    expect(await verdict({ epoch: EPOCH + 1n })).toBe('BEACON_EPOCH_STALE')
    expect(await verdict({ epoch: 0n }, { epoch: 1n })).toBeUndefined()
  })

  it('needs an anchor that is a checkpoint of the frame and at most 180 checkpoints old', async () => {
    const anchored = (anchorHeight: bigint) => ({ anchorHeight, anchor: blockHash(anchorHeight) })
    expect(await verdict(anchored(HEIGHT - 180n))).toBeUndefined()
    expect(await verdict(anchored(HEIGHT - 181n))).toBe('BEACON_ANCHOR_STALE')
    expect(await verdict(anchored(HEIGHT - 6n), { anchorAgeMax: 5n })).toBe('BEACON_ANCHOR_STALE')
    expect(await verdict(anchored(HEIGHT + 1n))).toBe('BEACON_ANCHOR_UNKNOWN')
    expect(await verdict({ anchor: hashOf('made up') })).toBe('BEACON_ANCHOR_UNKNOWN')
  })

  it('must vouch for the descriptor that was retrieved', async () => {
    expect(await verdict({}, { descriptor: hashOf('other') })).toBe('BEACON_DESCRIPTOR_MISMATCH')
  })

  it('is worth nothing without its bond (FR-7)', async () => {
    expect(await verdict({}, { bondOf: () => undefined })).toBe('BEACON_COLLATERAL_MISSING')
    expect(await verdict({}, { bondOf: () => 49n })).toBe('BEACON_COLLATERAL_MISSING')
    expect(await verdict({ bond: 0n }, { bondOf: () => 0n })).toBe('BEACON_COLLATERAL_MISSING')
  })

  it('fails when signed by somebody else, for another frame, or changed on the way', async () => {
    expect(await verdict({}, {}, strangerKey)).toBe('RECORD_KEY_UNKNOWN')
    expect(await verdict({}, { frame: otherFrame })).toBe('RECORD_FRAME_MISMATCH')
    const signed = await signRecord(beaconForm, body, providerKey)
    for (const field of Object.keys(body) as (keyof Beacon)[]) {
      const forged = { ...signed, body: { ...body, [field]: altered(body[field]) } as Beacon }
      const lenient = {
        ...trust,
        descriptor: forged.body.descriptor,
        blockHashAt: () => forged.body.anchor,
        bondOf: () => 100n,
      }
      expect(
        codeOf(() => verifyBeacon(forged, { ...lenient, epoch: forged.body.epoch })),
        field,
      ).toMatch(/^RECORD_|^ADDRESS_/)
    }
  })

  it('cannot be signed with a life of 0 or 4 epochs (FR-3)', async () => {
    expect(await codeOfAsync(() => verdict({ ttlEpochs: 0 }))).toBe('BEACON_TTL_INVALID')
    expect(await codeOfAsync(() => verdict({ ttlEpochs: 4 }))).toBe('SCHEMA_BOUND_EXCEEDED')
  })

  it('is unresolvable the moment its time to live is over, crash and attack alike', () => {
    const served = (ttlEpochs: number) =>
      [39n, 40n, 41n, 42n, 43n].filter((now) => isServable({ epoch: EPOCH, ttlEpochs }, now))
    expect(served(2)).toEqual([40n, 41n])
    expect(served(3)).toEqual([40n, 41n, 42n])
  })

  it('replaces only beacons of earlier epochs: an old one cannot be put back', () => {
    expect(supersedes({ ...body, epoch: 41n }, body)).toBe(true)
    expect(supersedes(body, body)).toBe(false)
    expect(supersedes({ ...body, epoch: 39n }, body)).toBe(false)
  })
})
