/**
 * `reputation.challenge`: has the ledger compute the root of a published epoch itself. There is nothing to argue about: the input is
 * in the state and the computation is exact, so the transaction that asks is the one that decides, and the epoch is final.
 *
 *   computed = published            the challenger loses its bond
 *   computed = the challenger's     the publisher loses its bond
 *   neither                         both lose theirs, and nobody gets any of it
 *
 * Half of a lost bond goes to who was right and half is destroyed, so a publisher that challenges itself to save its bond
 * loses half of it. An epoch is computed at most once, whoever pays for it.
 */
import { type Amount, encode, equalBytes, type Hash, type Infer, isSymbolonError } from '@symbolon/primitives'
import {
  type Adjudication,
  reputationAdjudicated,
  reputationChallenged,
  reputationDestroyed,
  reputationPayloads,
  TRUST_STATUS,
  type TrustEpoch,
  trustEpochKey,
  trustParametersOf,
  type trustPublication,
} from '@symbolon/protocol'
import { computeEpoch, decodeInput } from '@symbolon/reputation'
import { LedgerError, LedgerFault } from '../../error.ts'
import type { ExecutionContext, Leg, TransactionKind } from '../../module.ts'
import { pageKeys, readPages } from './input-pages.ts'
import { GAS_PER_AGENT, GAS_PER_RELATION, GAS_RECORD } from './limits.ts'
import { escrow, readEpoch, scoringParametersOf, writeEpoch } from './trust-records.ts'

type Challenge = Infer<typeof reputationPayloads.challenge>
type Publication = Infer<typeof trustPublication>

function requireChallengeable(record: TrustEpoch | undefined, body: Challenge): [TrustEpoch, Publication] {
  const { epoch } = body
  if (record === undefined) throw new LedgerError('TRUST_EPOCH_UNKNOWN', `epoch ${epoch} has no input`)
  const { publication } = record
  if (publication === undefined)
    throw new LedgerError('TRUST_NOT_PUBLISHED', `epoch ${epoch} has no root to challenge: publish one`)
  if (record.status === TRUST_STATUS.final)
    throw new LedgerError('TRUST_FINAL', `the root of epoch ${epoch} is final`)
  if (body.slot !== record.slot || body.nodes !== record.nodes || body.edges !== record.edges)
    throw new LedgerError(
      'TRUST_INPUT',
      'slot, nodes and edges must repeat what the record of the epoch says',
    )
  if (equalBytes(body.root, publication.root))
    throw new LedgerError('TRUST_SAME_ROOT', 'the published root is the one that the challenge claims')
  return [record, publication]
}

function compute(context: ExecutionContext, record: TrustEpoch): Hash {
  try {
    const pages = readPages((namespace, key) => context.read(namespace, key), record)
    const input = decodeInput(Number(record.epoch), pages)
    return computeEpoch(context.frame, input, scoringParametersOf(trustParametersOf(context.parameters))).root
  } catch (cause) {
    // The ledger wrote these pages itself.
    if (isSymbolonError(cause, 'EPOCH_INPUT_INVALID'))
      throw new LedgerFault(
        'MODULE_INVALID',
        `the input of epoch ${record.epoch} is damaged: ${cause.message}`,
      )
    throw cause
  }
}

export const challenge: TransactionKind<Challenge> = {
  kind: 'reputation.challenge',
  schema: reputationPayloads.challenge,
  access: (body) => ({
    reads: pageKeys(body),
    writes: [{ namespace: 'reputation', key: trustEpochKey(body.epoch) }],
  }),
  gas: ({ nodes, edges }) => GAS_RECORD + GAS_PER_AGENT * BigInt(nodes) + GAS_PER_RELATION * BigInt(edges),
  /**
   * In order of precedence: TRUST_EPOCH_UNKNOWN, TRUST_NOT_PUBLISHED, TRUST_FINAL (the window has passed, or
   * somebody was first), TRUST_INPUT, TRUST_SAME_ROOT, INSUFFICIENT_BALANCE (the bond; it is taken before anything is computed).
   */
  execute(body, context) {
    const [record, publication] = requireChallengeable(readEpoch(context, body.epoch), body)
    const { epoch } = record
    const { publisher } = publication
    const challenger = context.transaction.body.sender
    const { bond } = trustParametersOf(context.parameters)
    context.emit({
      type: 'reputation.challenged',
      subjects: [challenger, publisher],
      data: encode(reputationChallenged, { epoch, challenger, root: body.root, bond }),
      ...(bond === 0n
        ? {}
        : {
            movement: {
              debits: [{ bucket: 'liquid', owner: challenger, amount: bond }],
              credits: [escrow(record, bond)],
            },
          }),
    })
    const computed = compute(context, record)
    const outcome = outcomeOf(computed, publication.root, body.root)
    const total = bond + publication.bond
    const paid: [Amount, Amount] = [0n, 0n]
    if (outcome === 'upheld') paid[0] = publication.bond + bond / 2n
    if (outcome === 'corrected') paid[1] = bond + publication.bond / 2n
    const credits = [publisher, challenger]
      .map((owner, i): Leg => ({ bucket: 'liquid', owner, amount: paid[i] as Amount }))
      .filter(({ amount }) => amount > 0n)
    const returned = paid[0] + paid[1]
    context.emit({
      type: 'reputation.adjudicated',
      subjects: [challenger, publisher],
      data: encode(reputationAdjudicated, {
        epoch,
        publisher,
        challenger,
        outcome,
        published: publication.root,
        claimed: body.root,
        computed,
      }),
      ...(returned === 0n ? {} : { movement: { debits: [escrow(record, returned)], credits } }),
    })
    if (total > returned)
      context.emit({
        type: 'reputation.destroyed',
        subjects: [],
        data: encode(reputationDestroyed, { epoch, amount: total - returned }),
        movement: { debits: [escrow(record, total - returned)], credits: [] },
      })
    writeEpoch(context, { ...record, status: TRUST_STATUS.final, root: computed, computed: true })
  },
}

function outcomeOf(computed: Hash, published: Hash, claimed: Hash): Adjudication {
  if (equalBytes(computed, published)) return 'upheld'
  return equalBytes(computed, claimed) ? 'corrected' : 'replaced'
}
