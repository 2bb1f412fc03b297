/**
 * Wikipedia requests for adminship as SNAP gives them (wiki-RfA): one field per line, `SRC:` opens a record. Only the voter, the
 * candidate, the vote (−1, 0, 1) and the date (`23:13, 19 April 2013`, taken as UTC) are read. A record without a voter, without a
 * candidate or without a vote is passed over, as the source has some; one without a readable date has no time.
 */
import { ReputationError } from '../errors.ts'
import type { LineVisitor } from '../graph/read/lines.ts'
import type { SignedEdge } from './signed-edge.ts'

const DECODER = new TextDecoder()
const VOTES: Readonly<Record<string, number>> = { '-1': -1, '0': 0, '1': 1 }
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DATE = /^(\d{1,2}):(\d{2}), (\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/

/** Seconds since 1970. */
function secondsOf(date: string): number | undefined {
  const found = DATE.exec(date)
  const month = MONTHS.indexOf((found?.[4] ?? '').toLowerCase())
  if (found === null || month === -1) return undefined
  const [hour, minute, day, year] = [found[1], found[2], found[3], found[5]].map(Number)
  return Date.UTC(year as number, month, day as number, hour as number, minute as number) / 1000
}

export interface AdminshipReader {
  readonly visit: LineVisitor
  edges(): SignedEdge[]
}

/** Errors of the visitor: LINE_INVALID for a vote other than −1, 0 or 1. */
export function adminshipReader(): AdminshipReader {
  const edges: SignedEdge[] = []
  let record: { from?: string; to?: string; rating?: number; time?: number } = {}
  const close = (): void => {
    const { from, to, rating, time } = record
    if (from && to && rating !== undefined)
      edges.push({ from, to, rating, ...(time === undefined ? {} : { time }) })
    record = {}
  }
  return {
    visit: (buffer, start, end, line) => {
      const text = DECODER.decode(buffer.subarray(start, end))
      const value = text.slice(4).trim()
      if (text.startsWith('SRC:')) {
        close()
        record.from = value
      } else if (text.startsWith('TGT:')) record.to = value
      else if (text.startsWith('VOT:')) {
        const vote = VOTES[value]
        if (vote === undefined)
          throw new ReputationError(
            'LINE_INVALID',
            `line ${line}: expected a vote of -1, 0 or 1, not ${value}`,
          )
        record.rating = vote
      } else if (text.startsWith('DAT:')) {
        const time = secondsOf(value)
        if (time !== undefined) record.time = time
      }
    },
    edges: () => {
      close()
      return edges
    },
  }
}
