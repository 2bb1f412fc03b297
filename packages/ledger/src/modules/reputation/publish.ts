/** `reputation.publish`: states the root of a sealed epoch. Anyone may; the first publication counts, and its bond stands for it. */
import { encode, equalBytes, type Infer } from '@symbolon/primitives'
import {
  reputationPayloads,
  reputationPublished,
  TRUST_STATUS,
  trustEpochKey,
  trustParametersOf,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { GAS_RECORD } from './limits.ts'
import { escrow, readEpoch, writeEpoch } from './trust-records.ts'

export const publish: TransactionKind<Infer<typeof reputationPayloads.publish>> = {
  kind: 'reputation.publish',
  schema: reputationPayloads.publish,
  access: ({ epoch }) => ({ reads: [], writes: [{ namespace: 'reputation', key: trustEpochKey(epoch) }] }),
  gas: () => GAS_RECORD,
  /**
   * In order of precedence: TRUST_EPOCH_UNKNOWN, TRUST_PUBLISHED (somebody was first), TRUST_DEADLINE_PASSED, TRUST_PARAMETERS,
   * TRUST_INPUT, INSUFFICIENT_BALANCE (the bond).
   */
  execute({ epoch, root, count, inputDigest, parametersDigest }, context) {
    const record = readEpoch(context, epoch)
    if (record === undefined)
      throw new LedgerError(
        'TRUST_EPOCH_UNKNOWN',
        `epoch ${epoch} has no input: it has not ended, or had no evidence`,
      )
    if (record.publication !== undefined)
      throw new LedgerError('TRUST_PUBLISHED', `epoch ${epoch} has a root: challenge it if it is wrong`)
    if (record.status !== TRUST_STATUS.sealed)
      throw new LedgerError(
        'TRUST_DEADLINE_PASSED',
        `epoch ${epoch} could be published until height ${record.publishUntil}`,
      )
    if (!equalBytes(parametersDigest, record.parametersDigest))
      throw new LedgerError(
        'TRUST_PARAMETERS',
        'the root was computed by other rules than those of the frame',
      )
    if (count !== record.nodes || !equalBytes(inputDigest, record.inputDigest))
      throw new LedgerError('TRUST_INPUT', 'the root was computed from another input than the sealed one')
    const trust = trustParametersOf(context.parameters)
    const { bond } = trust
    const publisher = context.transaction.body.sender
    const challengeUntil = context.height + trust.challengeWindow
    context.emit({
      type: 'reputation.published',
      subjects: [publisher],
      data: encode(reputationPublished, { epoch, publisher, root, bond, challengeUntil }),
      ...(bond === 0n
        ? {}
        : {
            movement: {
              debits: [{ bucket: 'liquid', owner: publisher, amount: bond }],
              credits: [escrow(record, bond)],
            },
          }),
    })
    writeEpoch(context, {
      ...record,
      status: TRUST_STATUS.published,
      publication: { publisher, root, bond, challengeUntil },
    })
  },
}
