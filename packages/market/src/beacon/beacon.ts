/**
 * The liveness beacon: a small signed record, renewed every epoch, that says "this descriptor is current and I am here"
 * (FR-1…FR-7). It is anchored in a recent checkpoint, so it cannot have been made in advance, and it names a bond, so a
 * stolen key is not enough: the deposit behind it is lost with it.
 */
import {
  type Amount,
  address,
  amount,
  equalBytes,
  type Hash,
  hash,
  type Infer,
  record,
  refine,
  u64,
  uint,
} from '@symbolon/primitives'
import { MarketError } from '../errors.ts'
import { BEACON_ANCHOR_AGE_MAX, BEACON_TTL_EPOCHS_MAX } from '../limits.ts'
import { type KeyResolver, recordForm, type Signed, verifyRecord } from '../signature/signed-record.ts'

const ttl = refine('TTL', uint(BEACON_TTL_EPOCHS_MAX, 'TTL in epochs'), (epochs: number) => {
  if (epochs < 1) throw new MarketError('BEACON_TTL_INVALID', 'a beacon lives for at least one epoch')
  return epochs
})

export const beacon = record('beacon', {
  frame: [1, hash],
  provider: [2, address],
  /** Epoch of the frame in which it was published. */
  epoch: [3, u64('epoch')],
  /** A recent checkpoint of the frame: height and block hash. */
  anchorHeight: [4, u64('anchor height')],
  anchor: [5, hash],
  descriptor: [6, hash],
  /** Epochs, counting its own, in which a directory may serve the record. */
  ttlEpochs: [7, ttl],
  /** Base units of the provider's identity bond that stand behind it (FR-7). */
  bond: [8, amount],
})
export type Beacon = Infer<typeof beacon>
export type SignedBeacon = Signed<Beacon>

export const beaconForm = recordForm('beacon', beacon, (body) => body.provider)

export interface BeaconTrust {
  readonly frame: Hash
  readonly currentKey?: KeyResolver
  /** Epoch and height of the newest checkpoint that the reader has verified. */
  readonly epoch: bigint
  readonly height: bigint
  /** Block hash at a height, from checkpoints that the reader has verified; undefined if there is none. */
  readonly blockHashAt: (height: bigint) => Hash | undefined
  /** Digest of the descriptor that was retrieved. */
  readonly descriptor: Hash
  /** Bond of the provider's identity in the state; undefined if it is not registered or not active. */
  readonly bondOf: (provider: Beacon['provider']) => Amount | undefined
  readonly anchorAgeMax?: bigint
}

/**
 * All checks happen before any contact with the provider; about one signature verification (FR-2). A crashed provider
 * and a planted phantom fail alike (FR-4).
 * Errors: BEACON_EPOCH_STALE, BEACON_ANCHOR_UNKNOWN, BEACON_ANCHOR_STALE, BEACON_DESCRIPTOR_MISMATCH,
 * BEACON_COLLATERAL_MISSING, RecordErrorCode. The cheap comparisons come first: most stale records need no signature
 * check.
 */
export function verifyBeacon(signed: SignedBeacon, trust: BeaconTrust): Hash {
  const { body } = signed
  if (body.epoch > trust.epoch || body.epoch + 1n < trust.epoch)
    throw new MarketError(
      'BEACON_EPOCH_STALE',
      `the beacon is of epoch ${body.epoch}, the frame is in ${trust.epoch}; try the next provider`,
    )
  const anchor = trust.blockHashAt(body.anchorHeight)
  if (anchor === undefined || !equalBytes(anchor, body.anchor))
    throw new MarketError(
      'BEACON_ANCHOR_UNKNOWN',
      `no checkpoint at height ${body.anchorHeight} has the hash that the beacon names`,
    )
  const bound = trust.anchorAgeMax ?? BEACON_ANCHOR_AGE_MAX
  if (body.anchorHeight + bound < trust.height)
    throw new MarketError(
      'BEACON_ANCHOR_STALE',
      `the anchor is ${trust.height - body.anchorHeight} checkpoints old, at most ${bound} allowed`,
    )
  if (!equalBytes(body.descriptor, trust.descriptor))
    throw new MarketError(
      'BEACON_DESCRIPTOR_MISMATCH',
      'the beacon vouches for another descriptor; fetch the current one',
    )
  const bond = trust.bondOf(body.provider)
  if (bond === undefined || bond < body.bond || bond === 0n)
    throw new MarketError(
      'BEACON_COLLATERAL_MISSING',
      'the bond that the beacon names is not locked in the frame',
    )
  return verifyRecord(beaconForm, signed, trust)
}

/**
 * The hard TTL: whether a directory may return the record at all (FR-3). A rule of the protocol and not of the reader: an
 * expired record is unresolvable at once, on every node, without a sweep.
 */
export function isServable(of: Pick<Beacon, 'epoch' | 'ttlEpochs'>, epochNow: bigint): boolean {
  return of.epoch <= epochNow && epochNow < of.epoch + BigInt(of.ttlEpochs)
}

/** Whether a directory replaces what it holds: the epoch counter only rises, so an old beacon cannot come back. */
export function supersedes(next: Beacon, held: Beacon): boolean {
  return next.epoch > held.epoch
}
