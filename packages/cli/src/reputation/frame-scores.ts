/** Scores that a frame publishes: shown with their proof, recomputed, challenged, and fed by ratings. */

import { purchaseReceipt, RECEIPT_BYTES_MAX } from '@symbolon/mandates'
import { installNativeProviders } from '@symbolon/native'
import { decode, equalBytes, formatDid, type Hash, toHex } from '@symbolon/primitives'
import { type Payload, TRUST_DIMENSION_NAMES } from '@symbolon/protocol'
import { recomputeScores } from '@symbolon/sdk'
import { openSpender } from '../agent/spender.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { readBounded } from '../home/files.ts'
import { renderFacts } from '../output/table.ts'
import { parseCount, parseHash, parseShare } from '../parse.ts'

const share = (ppm: number): string => (ppm / 1_000_000).toFixed(6)

/** The moving average of an identity, and its vector of the newest final epoch, verified from the genesis down. */
export async function showStanding(context: Context, who: string | undefined): Promise<void> {
  installNativeProviders()
  const address = context.home.address(who ?? context.settings.agent)
  const client = await context.client()
  const { score: average, settlements } = await client.call('reputation.get', { did: address })
  const { height, final, score } = await client.score(address)
  const vector =
    score === undefined
      ? undefined
      : Object.fromEntries(TRUST_DIMENSION_NAMES.map((name) => [name, score[name] / 1_000_000]))
  context.output.result(
    {
      did: formatDid(address),
      average: average / 1_000_000,
      settlements: Number(settlements),
      height: Number(height),
      epoch: final === undefined ? null : Number(final.epoch),
      root: final === undefined ? null : toHex(final.root),
      vector: vector ?? null,
    },
    () =>
      [
        renderFacts({
          did: formatDid(address),
          average: `${share(average)} over ${settlements} settled channels`,
          proven: `at height ${height}, from the genesis down`,
          epoch: final === undefined ? 'no epoch is final yet' : `${final.epoch}, root ${toHex(final.root)}`,
        }),
        ...(final === undefined ? [] : ['']),
        score === undefined
          ? final === undefined
            ? ''
            : 'not scored in this epoch: proven by its neighbours'
          : renderFacts(Object.fromEntries(TRUST_DIMENSION_NAMES.map((name) => [name, share(score[name])]))),
      ].join('\n'),
  )
}

export interface RecomputeOptions {
  readonly epoch?: string
  readonly challenge?: boolean
}

/** Computes an epoch from the pages that the node hands out, and compares with what the frame states. */
export async function recompute(context: Context, { epoch, challenge }: RecomputeOptions): Promise<void> {
  installNativeProviders()
  const spender = challenge === true ? await openSpender(context) : undefined
  const client = spender?.client ?? (await context.client())
  const { record, root, stated, agrees } = await recomputeScores(
    client,
    epoch === undefined ? undefined : parseCount(epoch, '--epoch', 0n),
  )
  const isOpen = record.publication !== undefined && record.root === undefined
  let challenged: bigint | undefined
  if (!agrees && spender !== undefined && isOpen) {
    const { epoch: number, slot, nodes, edges } = record
    const payload: Payload = {
      kind: 'reputation.challenge',
      body: { epoch: number, slot, nodes, edges, root },
    }
    challenged = (await (await spender.ledger()).transact(payload)).height
  }
  context.output.result(
    {
      epoch: Number(record.epoch),
      agents: record.nodes,
      relations: record.edges,
      computed: toHex(root),
      stated: stated === undefined ? null : toHex(stated),
      agrees,
      final: record.root !== undefined,
      challenged: challenged === undefined ? null : Number(challenged),
    },
    renderFacts({
      epoch: `${record.epoch}: ${record.nodes} agents, ${record.edges} relations`,
      computed: toHex(root),
      stated:
        stated === undefined
          ? 'nothing yet'
          : `${toHex(stated)}${record.root === undefined ? ', can be challenged' : ', final'}`,
      verdict: stated === undefined ? undefined : agrees ? 'the same, bit for bit' : 'DIFFERENT',
      challenged: challenged === undefined ? undefined : `at height ${challenged}: the ledger has decided`,
    }),
  )
  if (stated !== undefined && !agrees && challenged === undefined)
    throw new CliError(
      'SCORES_DIFFER',
      isOpen
        ? 'the published scores do not follow from their input; challenge them with --challenge'
        : 'the final scores do not follow from their input; do not rely on them',
    )
}

export interface RateOptions {
  readonly rating: string
  readonly latency?: string
}

/** Of a receipt, or as it is written. Errors: USAGE, FILE_UNREADABLE, FILE_TOO_LARGE, SCHEMA_… */
function channelOf(text: string): Hash {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return parseHash(text, 'channel')
  return decode(purchaseReceipt, readBounded(text, RECEIPT_BYTES_MAX)).final.state.channel
}

/** The buyer's word about a channel that ended: evidence of the next epoch. Errors: CHANNEL_UNKNOWN, those of `reputation.attest`. */
export async function rate(context: Context, of: string, options: RateOptions): Promise<void> {
  const channel = channelOf(of)
  installNativeProviders()
  const spender = await openSpender(context)
  const ledger = await spender.ledger()
  const parties = (await ledger.channel(channel))?.terms.parties
  const subject = parties?.find((party) => !equalBytes(party, spender.address))
  if (subject === undefined)
    throw new CliError(
      'CHANNEL_UNKNOWN',
      'the ledger has no such channel; check the identifier and the frame',
    )
  const { height } = await ledger.transact({
    kind: 'reputation.attest',
    body: {
      channel,
      subject,
      rating: parseShare(options.rating, '--rating'),
      ...(options.latency === undefined
        ? {}
        : { latencyMs: Number(parseCount(options.latency, '--latency')) }),
    },
  })
  context.output.result(
    { channel: toHex(channel), rating: Number(options.rating), height: Number(height) },
    `rated at height ${height}`,
  )
}
