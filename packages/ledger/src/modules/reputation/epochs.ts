/**
 * Epochs, lazily: a record holds the score at the start of one epoch and what that epoch counted. Whoever reads or touches it
 * later closes that epoch and skips the idle ones in closed form, so an idle agent costs nothing (open question 4).
 *
 * In an idle epoch nothing was observed. A score above the start value then decays towards it, because a reputation must be
 * kept up; one below it stays, because waiting must not wash off a lost dispute (CON-105).
 */
import type { Parameters, ReputationRecord } from '@symbolon/protocol'
import { PPM } from './limits.ts'
import { nextScore, scoreAfter } from './moving-average.ts'
import { performance, rate } from './performance.ts'

/** Fees of the epoch against the frame's target, parts per million, at most 10⁶. A target of 0 makes any volume full. */
function volumeMeasure(volume: bigint, target: bigint): bigint {
  return volume >= target ? PPM : (volume * PPM) / target
}

/** Parts per million; undefined if the epoch counted nothing. */
export function epochPerformance(of: ReputationRecord, parameters: Parameters): bigint | undefined {
  if (of.settlements === 0n && of.disputes === 0n) return undefined
  return performance({
    settlementRate: rate(of.settled, of.settlements),
    disputeLossRate: rate(of.disputesLost, of.disputes),
    volume: volumeMeasure(of.volume, parameters.reputationVolumeTarget),
  })
}

function scoreAt(of: ReputationRecord, epoch: bigint, parameters: Parameters): bigint {
  const score = BigInt(of.score)
  if (epoch <= of.epoch) return score
  const alpha = BigInt(parameters.reputationAlpha)
  const start = BigInt(parameters.reputationStart)
  const observed = epochPerformance(of, parameters)
  const closed = observed === undefined ? score : nextScore(score, observed, alpha)
  const idle = epoch - of.epoch - (observed === undefined ? 0n : 1n)
  return closed <= start ? closed : scoreAfter(closed, start, alpha, idle)
}

/** The score at the start of `epoch`, parts per million: a pure view, which changes nothing. Epochs before the record's give its own. */
export function reputationAt(of: ReputationRecord, epoch: bigint, parameters: Parameters): number {
  return Number(scoreAt(of, epoch, parameters))
}

/** The record as it stands in `epoch`: unchanged within its own, otherwise with the score brought up to date and counters at zero. */
export function enterEpoch(of: ReputationRecord, epoch: bigint, parameters: Parameters): ReputationRecord {
  if (epoch <= of.epoch) return of
  return { ...startRecord(reputationAt(of, epoch, parameters), epoch), lifetime: of.lifetime }
}

/** A score without history, as a new identity has it. */
export function startRecord(score: number, epoch: bigint): ReputationRecord {
  return {
    score,
    epoch,
    settled: 0n,
    settlements: 0n,
    disputesLost: 0n,
    disputes: 0n,
    volume: 0n,
    lifetime: 0n,
    counterparties: [],
  }
}
