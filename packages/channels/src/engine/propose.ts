/** Turns queued groups into one proposal (HF-1). */
import { ChannelError } from '../errors.ts'
import { type Core, type CoreView, type OperationGroup, type Output, type Step, step } from './core.ts'
import { operationsOf, selectApplicable, unsigned } from './derive.ts'

/**
 * Takes as many groups from the front as fit and apply; `left` says how many remain queued. A group that does not apply to the
 * newest state fails alone. Does nothing while a proposal of mine is outstanding or an intent runs.
 */
export function propose(
  core: Core,
  groups: readonly OperationGroup[],
  operationsMax: number,
  view: CoreView,
): Step & { left: number } {
  if (core.intent !== undefined || core.mine !== undefined || groups.length === 0)
    return { ...step(core), left: groups.length }
  const { taken, refused, left, reached } = selectApplicable(core, [], groups, operationsMax, view)
  const outputs: Output[] = refused.map(({ group, error }) => ({
    kind: 'failed',
    tickets: [group.ticket],
    error: asChannelError(error),
  }))
  if (taken.length === 0) return { core, outputs, left }
  const state = { ...reached, sequence: core.signed.state.sequence + 1n, proposer: core.party }
  const half = unsigned(core, state, operationsOf(taken), false)
  const intent = { kind: 'propose', half, groups: taken } as const
  outputs.push({ kind: 'commit', intent, sign: { next: half, purpose: 'propose' } })
  return { core: { ...core, intent }, outputs, left }
}

/** Errors of the protocol package (conservation, ids) keep their code. */
export function asChannelError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const code = (error as { code?: string }).code
  if (code === 'CHANNEL_CONSERVATION' || code === 'CHANNEL_DUPLICATE_ID' || code === 'CHANNEL_NOT_SETTLED')
    return new ChannelError(code, (error as Error).message, { cause: error })
  return new ChannelError(
    'CHANNEL_OPERATION_INVALID',
    error instanceof Error ? error.message : String(error),
    { cause: error },
  )
}
