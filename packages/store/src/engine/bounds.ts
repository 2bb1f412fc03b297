/** The checks at the edge of every engine, so that all engines refuse the same input with the same error. */
import { EngineError } from './errors.ts'
import type { Operation, RangeOptions } from './key-value-engine.ts'
import { ENGINE_LIMITS } from './limits.ts'

export function requireKey(key: Uint8Array): void {
  const { keyBytesMax } = ENGINE_LIMITS
  if (key.length >= 1 && key.length <= keyBytesMax) return
  throw new EngineError(
    'ENGINE_KEY_OUT_OF_BOUNDS',
    `A key of ${key.length} bytes is outside 1 to keyBytesMax (${keyBytesMax}).`,
    { details: { bytes: key.length, keyBytesMax } },
  )
}

/** Checks all operations before any of them is applied. */
export function requireOperations(operations: readonly Operation[]): void {
  const { batchBytesMax, batchOperationsMax, valueBytesMax } = ENGINE_LIMITS
  if (operations.length > batchOperationsMax)
    throw new EngineError(
      'ENGINE_BATCH_TOO_LARGE',
      `A batch of ${operations.length} operations is over batchOperationsMax (${batchOperationsMax}). Split it.`,
      { details: { operations: operations.length, batchOperationsMax } },
    )
  let total = 0
  for (const { key, value } of operations) {
    requireKey(key)
    const bytes = value?.length ?? 0
    if (bytes > valueBytesMax)
      throw new EngineError(
        'ENGINE_VALUE_TOO_LARGE',
        `A value of ${bytes} bytes is over valueBytesMax (${valueBytesMax}).`,
        { details: { bytes, valueBytesMax } },
      )
    total += key.length + bytes
  }
  if (total > batchBytesMax)
    throw new EngineError(
      'ENGINE_BATCH_TOO_LARGE',
      `A batch of ${total} bytes is over batchBytesMax (${batchBytesMax}). Split it.`,
      { details: { bytes: total, batchBytesMax } },
    )
}

export function requireRange(options: RangeOptions): void {
  if (options.gte !== undefined) requireKey(options.gte)
  if (options.lt !== undefined) requireKey(options.lt)
  const { limit } = options
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) return
  throw new EngineError(
    'ENGINE_RANGE_INVALID',
    `The limit of a range is ${limit}; give a whole number from 0.`,
    {
      details: { limit },
    },
  )
}

export const closedError = (): EngineError =>
  new EngineError('ENGINE_CLOSED', 'The engine or snapshot is closed. Open it again.')
