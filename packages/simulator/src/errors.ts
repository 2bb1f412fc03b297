import { SymbolonError } from '@symbolon/primitives'

/** In order of precedence. */
export type SimulatorErrorCode =
  /** A number of agents, days, bridges, … outside its bound (see limits.ts). */
  | 'SIMULATION_INVALID'
  /** A recorded network that cannot supply what was asked. */
  | 'TOPOLOGY_INVALID'
  /** More agents are needed (victims, bridge sellers, anchors) than the honest network has. */
  | 'WORLD_TOO_SMALL'

export class SimulatorError extends SymbolonError {
  declare readonly code: SimulatorErrorCode

  constructor(code: SimulatorErrorCode, message: string) {
    super(code, message)
  }
}

/** Errors: SIMULATION_INVALID unless `value` is a whole number in `low` … `high`. */
export function checkWhole(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new SimulatorError(
      'SIMULATION_INVALID',
      `${name} must be a whole number in ${low} … ${high}, not ${value}`,
    )
}
