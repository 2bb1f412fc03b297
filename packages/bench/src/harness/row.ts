/** Builds rows, so that whether a bar is met is decided in one place. */
import type { Row } from './benchmark.ts'
import { median, medianRatio } from './statistics.ts'

export interface RateRow {
  readonly name: string
  readonly title: string
  /** Operations per second by turn. */
  readonly rates: readonly number[]
  readonly ceiling?: readonly number[]
  readonly peer?: readonly number[]
  /** What `peer`, or else `ceiling`, is. */
  readonly against?: string
  readonly bar?: number
  readonly barOn?: 'ratio' | 'value'
  readonly note?: string
}

/** A row of operations per second; more is better. */
export function rateRow(of: RateRow): Row {
  const { name, title, rates, ceiling, peer, against = '', bar = null, note = '' } = of
  const reference = peer ?? ceiling
  const value = median(rates)
  const ratio = reference === undefined ? null : medianRatio(rates, reference)
  const barOn = bar === null ? null : (of.barOn ?? 'ratio')
  const measured = barOn === 'ratio' ? ratio : value
  return {
    name,
    title,
    value,
    unit: '1/s',
    ceiling: ceiling === undefined ? null : median(ceiling),
    peer: peer === undefined ? null : median(peer),
    ratio,
    against,
    bar,
    barOn,
    met: bar === null || measured === null ? null : measured >= bar,
    samples: rates.length,
    note,
  }
}

/** A row of milliseconds; less is better. */
export function latencyRow(of: {
  readonly name: string
  readonly title: string
  readonly ms: number
  readonly samples: number
  readonly bar?: number
  /** Operations without a result: with any of them the bar is missed. */
  readonly failures?: number
  readonly note?: string
}): Row {
  const { name, title, ms, samples, bar = null, failures = 0, note = '' } = of
  return {
    name,
    title,
    value: ms,
    unit: 'ms',
    ceiling: null,
    peer: null,
    ratio: null,
    against: '',
    bar,
    barOn: bar === null ? null : 'value',
    met: bar === null ? null : failures === 0 && ms <= bar,
    samples,
    note,
  }
}

/** A row that this machine cannot measure. It neither meets nor misses its bar. */
export function skippedRow(name: string, title: string, reason: string): Row {
  return {
    name,
    title,
    value: null,
    unit: '1/s',
    ceiling: null,
    peer: null,
    ratio: null,
    against: '',
    bar: null,
    barOn: null,
    met: null,
    samples: 0,
    note: '',
    skipped: reason,
  }
}
