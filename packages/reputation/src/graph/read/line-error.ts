/** What a reader says about a line that it refuses. */
import { ReputationError } from '../../errors.ts'

const SHOWN_MAX = 80
const DECODER = new TextDecoder()

/** Names the line and what was expected, and shows what was found. */
export function lineInvalid(
  line: number,
  expected: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): ReputationError {
  const text = DECODER.decode(bytes.subarray(start, Math.min(end, start + SHOWN_MAX)))
  return new ReputationError(
    'LINE_INVALID',
    `line ${line}: expected ${expected}, found ${JSON.stringify(text)}${end - start > SHOWN_MAX ? '…' : ''}`,
  )
}
