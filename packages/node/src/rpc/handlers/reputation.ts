/** reputation.*: the moving average of an agent, its proven scores, and what these are computed from. */
import { reputationAt } from '@symbolon/ledger'
import { decode } from '@symbolon/primitives'
import { reputationKey, reputationRecord, trustHeadKey } from '@symbolon/protocol'
import type { Handlers } from '../dispatcher.ts'
import type { HandlerContext } from './context.ts'
import { proveState } from './prove-state.ts'

type Methods = 'reputation.get' | 'reputation.score' | 'reputation.epoch' | 'reputation.input'

export function reputationHandlers(context: HandlerContext): Pick<Handlers, Methods> {
  const { ledger, scores } = context
  return {
    'reputation.get': ({ did }) => ({ ...movingAverageOf(context, did), height: ledger.height }),

    'reputation.score': ({ did }) => {
      const proven = scores.prove(did)
      const found = proven?.scores.tree.scoreOf(did)
      const { epoch, subject, ...score } = found ?? { epoch: undefined, subject: undefined }
      return {
        head: proveState(context, 'reputation', trustHeadKey()),
        ...(proven === undefined ? {} : { proof: proven.proof, epoch: BigInt(proven.scores.epoch) }),
        ...(found === undefined ? {} : { score: score as Omit<typeof found, 'epoch' | 'subject'> }),
        height: ledger.height,
      }
    },

    'reputation.epoch': ({ epoch }) => {
      const stored = ledger.get('reputation', trustHeadKey())
      const head = stored === undefined ? undefined : scores.head()
      const wanted = epoch ?? head?.sealed?.epoch
      const record = wanted === undefined ? undefined : scores.record(wanted)
      return {
        ...(head === undefined ? {} : { head }),
        ...(record === undefined ? {} : { record }),
        height: ledger.height,
      }
    },

    'reputation.input': ({ epoch, part, page }) => {
      const found = scores.page(epoch, part, page)
      return {
        record: found.record,
        ...(found.page === undefined ? {} : { page: found.page }),
        height: ledger.height,
      }
    },
  }
}

/** Parts per million now, and the channels behind it; zeros for who has no record. */
export function movingAverageOf(
  { ledger }: HandlerContext,
  of: Parameters<typeof reputationKey>[0],
): { score: number; settlements: bigint } {
  const stored = ledger.get('reputation', reputationKey(of))
  if (stored === undefined) return { score: 0, settlements: 0n }
  const record = decode(reputationRecord, stored)
  return {
    score: reputationAt(record, ledger.head.epoch, ledger.genesis.parameters),
    settlements: record.lifetime,
  }
}
