/** `identity.register`: creates the sender's identity and locks its bond (CON-105, CON-107). */
import { encode, type Infer } from '@symbolon/primitives'
import { identityKey, identityPayloads, identityRegistered, isGenesisKey } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { addEntries, indexedPart, indexKeys, indexSize, requireDistinct } from './discovery-index.ts'
import { GAS_PER_INDEX_ENTRY, GAS_RECORD } from './limits.ts'
import { writeIdentity } from './record.ts'

export const register: TransactionKind<Infer<typeof identityPayloads.register>> = {
  kind: 'identity.register',
  schema: identityPayloads.register,
  access: ({ profile }, { sender }) => ({
    reads: [],
    writes: [{ namespace: 'identity', key: identityKey(sender) }, ...indexKeys(profile, sender)],
  }),
  gas: ({ profile }) => GAS_RECORD + GAS_PER_INDEX_ENTRY * indexSize(profile),
  /**
   * In order of precedence: IDENTITY_EXISTS (also after deactivation), IDENTITY_GENESIS_KEY, IDENTITY_BOND,
   * IDENTITY_DUPLICATE_CAPABILITY, INSUFFICIENT_BALANCE.
   */
  execute({ profile, bond, controller }, context) {
    const { sender: subject } = context.transaction.body
    if (context.read('identity', identityKey(subject)) !== undefined)
      throw new LedgerError(
        'IDENTITY_EXISTS',
        'this address has an identity, or had one: update it, or register another address',
      )
    const genesisKey = context.transaction.signers[0]
    if (genesisKey === undefined || !isGenesisKey(subject, genesisKey))
      throw new LedgerError(
        'IDENTITY_GENESIS_KEY',
        'only the key that created the address can register its identity',
      )
    const minimum = context.parameters.registrationBond
    if (bond < minimum)
      throw new LedgerError(
        'IDENTITY_BOND',
        `the bond must be at least ${minimum} base units (registrationBond), not ${bond}`,
        {
          details: { minimum },
        },
      )
    requireDistinct(profile)
    const registered = {
      subject,
      bond,
      indexed: indexedPart(profile),
      ...(controller === undefined ? {} : { controller }),
    }
    context.emit({
      type: 'identity.registered',
      subjects: controller === undefined ? [subject] : [subject, controller],
      data: encode(identityRegistered, registered),
      ...(bond === 0n
        ? {}
        : {
            movement: {
              debits: [{ bucket: 'liquid', owner: subject, amount: bond }],
              credits: [{ bucket: 'bonded', owner: subject, amount: bond }],
            },
          }),
    })
    addEntries(context, profile, subject)
    writeIdentity(context, {
      subject,
      // The genesis key has signed for the address since before it had an identity.
      keys: [{ publicKey: genesisKey, from: 0n }],
      ...(controller === undefined ? {} : { controller }),
      version: 0n,
      profile,
      bond,
      registered: context.height,
    })
  },
}
