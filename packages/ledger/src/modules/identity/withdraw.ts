/** `identity.withdraw`: returns the bond of a deactivated identity after the unbonding period. Anyone may send it. */
import { encode, type Infer } from '@symbolon/primitives'
import { identityKey, identityPayloads, identityWithdrawn } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { GAS_RECORD } from './limits.ts'
import { readIdentity, writeIdentity } from './record.ts'

export const withdraw: TransactionKind<Infer<typeof identityPayloads.withdraw>> = {
  kind: 'identity.withdraw',
  schema: identityPayloads.withdraw,
  access: ({ subject }) => ({ reads: [], writes: [{ namespace: 'identity', key: identityKey(subject) }] }),
  gas: () => GAS_RECORD,
  /** In order of precedence: IDENTITY_UNKNOWN, IDENTITY_ACTIVE, IDENTITY_BOND_WITHDRAWN, IDENTITY_UNBONDING (too early). */
  execute({ subject }, context) {
    const identity = readIdentity(context, subject)
    if (identity.deactivated === undefined)
      throw new LedgerError(
        'IDENTITY_ACTIVE',
        'a bond stays locked while its identity is active: deactivate it first',
      )
    if (identity.bond === 0n) throw new LedgerError('IDENTITY_BOND_WITHDRAWN', 'no bond is left')
    const withdrawable = identity.deactivated + context.parameters.unbondingPeriod
    if (context.height < withdrawable)
      throw new LedgerError(
        'IDENTITY_UNBONDING',
        `the bond can be withdrawn from height ${withdrawable} on`,
        {
          details: { withdrawable },
        },
      )
    const amount = identity.bond
    context.emit({
      type: 'identity.withdrawn',
      subjects: [subject],
      data: encode(identityWithdrawn, { subject, amount }),
      movement: {
        debits: [{ bucket: 'bonded', owner: subject, amount }],
        credits: [{ bucket: 'liquid', owner: subject, amount }],
      },
    })
    writeIdentity(context, { ...identity, bond: 0n })
  },
}
