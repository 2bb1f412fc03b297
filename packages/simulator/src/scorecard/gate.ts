/** One row of the scorecard (TRU-057 … 071). */
export const GATES = {
  S1: 'Sybil detection on real data',
  S2: 'attack profitability',
  S3: 'anchor compromise',
  S4: 'cold start',
  A1: 'ranking quality',
  A2: 'false positives',
  A3: 'convergence',
  A4: 'cross-topology',
  E1: 'no pay-to-win',
  E2: 'fee sustainability',
  E3: 'attack cost ratio',
  G1: 'appeals',
  G2: 'parameter governance',
  G3: 'no god mode',
  G4: 'transparency',
  D1: 'developer effort',
  D2: 'network effect',
  D3: 'pricing adoption',
} as const
export type GateName = keyof typeof GATES

/** `pending`: the thing to be measured does not exist here; counts as not passed (TRU-058). */
export type Verdict = 'pass' | 'fail' | 'pending'

export interface GateRow {
  readonly gate: GateName
  readonly title: string
  /** In words, with its unit. */
  readonly threshold: string
  /** null where nothing could be measured. */
  readonly measured: number | null
  readonly verdict: Verdict
  /** How it was measured, or why it is pending. */
  readonly note: string
}

export function measured(
  gate: GateName,
  threshold: string,
  value: number,
  passes: boolean,
  note: string,
): GateRow {
  return { gate, title: GATES[gate], threshold, measured: value, verdict: passes ? 'pass' : 'fail', note }
}

export function pending(
  gate: GateName,
  threshold: string,
  reason: string,
  value: number | null = null,
): GateRow {
  return { gate, title: GATES[gate], threshold, measured: value, verdict: 'pending', note: reason }
}
