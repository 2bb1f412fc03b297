/**
 * The agent that a command acts for. An agent with a mandate spends through its interceptor and in no other way, whatever the command;
 * one without acts for itself. Which of the two it is, is decided by the mandate file alone, so that no flag can step around a budget.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { Interceptor, type SignedMandate } from '@symbolon/mandates'
import { type Address, type Amount, type Hash, isSymbolonError } from '@symbolon/primitives'
import {
  type AgentKeys,
  AgentLedger,
  type AgentOptions,
  type AgentTransaction,
  type FrameClient,
  MandatedKeys,
  Settlement,
} from '@symbolon/sdk'
import type { Context } from '../context.ts'
import { AccountKeys } from './account-keys.ts'
import { readChain } from './mandate-file.ts'

export interface Mandated {
  readonly keys: MandatedKeys
  readonly interceptor: Interceptor
  readonly settlement: Settlement
  readonly chain: readonly SignedMandate[]
}

export interface SpenderHooks {
  readonly anchor?: NonNullable<AgentOptions['anchor']>
  readonly onFinal?: NonNullable<AgentOptions['onFinal']>
}

export interface Spender {
  readonly name: string
  readonly address: Address
  readonly directory: string
  readonly client: FrameClient
  readonly keys: AgentKeys
  readonly mandated: Mandated | undefined
  /** For `Agent.open`, `Buyer.open` and `AgentLedger.open`: anchors the audit log, and settles the books of what became final. */
  readonly hooks: SpenderHooks
  /** Base units that can be spent now: of the account, and under the mandate. */
  remaining(): Promise<Amount>
  ledger(): Promise<AgentLedger>
}

/**
 * Errors: HOME_MISSING, NAME_UNKNOWN, PASSWORD_…, KEY_…, FRAME_UNREACHABLE, FRAME_MISMATCH, those of `Interceptor.open`,
 * JOURNAL_LOCKED while another command acts for the same agent.
 */
export async function openSpender(context: Context, name = context.settings.agent): Promise<Spender> {
  const { home } = context
  const address = home.address(name)
  const seeds = await context.seeds(name)
  const client = await context.client()
  const directory = home.agentDirectory(name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = home.mandatePath(name)
  const mandated = existsSync(path)
    ? await openMandated(context, { client, address, seeds, directory, chain: readChain(path, name) })
    : undefined
  const keys = mandated?.keys ?? new AccountKeys(address, seeds)
  const hooks = mandated === undefined ? {} : hooksOf(mandated, client)
  return {
    name,
    address,
    directory,
    client,
    keys,
    mandated,
    hooks,
    remaining: async () => {
      const balance = await client.balance(address)
      const available = mandated?.interceptor.report().available ?? balance
      return available < balance ? available : balance
    },
    ledger: async () => {
      const ledger = await AgentLedger.open({ client, keys, ...hooks })
      context.onClose(() => ledger.close())
      return ledger
    },
  }
}

interface MandatedOptions {
  readonly client: FrameClient
  readonly address: Address
  readonly seeds: { account: Uint8Array; channel: Uint8Array }
  readonly directory: string
  readonly chain: readonly SignedMandate[]
}

async function openMandated(
  context: Context,
  { client, address, seeds, directory, chain }: MandatedOptions,
): Promise<Mandated> {
  const journal = Journal.open({ directory: join(directory, 'audit') })
  context.onClose(() => journal.close())
  let height: bigint | undefined = await client.height()
  const stop = await client.subscribe('blocks', {}, ({ checkpoint }) => {
    height = checkpoint.header.height
  })
  context.onClose(stop)
  const interceptor = await Interceptor.open({
    frame: client.frame,
    principal: (chain[0] as SignedMandate).mandate.issuer,
    chain,
    seeds,
    address,
    journal,
    clock: () => Math.floor(Date.now() / 1_000),
    height: () => height,
    validators: () => client.validators,
    disputeBond: client.genesis.parameters.disputeBond,
  })
  context.onClose(() => interceptor.close())
  const keys = new MandatedKeys(interceptor)
  return { keys, interceptor, settlement: new Settlement(keys, client.frame), chain }
}

function hooksOf({ settlement, interceptor }: Mandated, client: FrameClient): SpenderHooks {
  return {
    anchor: () => settlement.anchor(),
    onFinal: async (transaction) => {
      settlement.record(transaction)
      await settleBooks(interceptor, client, transaction)
    },
  }
}

/**
 * Frees what a transaction did not use. The opening and the closing of a channel are left to `Settlement.close`, which proves them
 * for the receipt anyway.
 */
async function settleBooks(
  interceptor: Interceptor,
  client: FrameClient,
  { id, body }: AgentTransaction,
): Promise<void> {
  if (['channels.open', 'channels.closeCooperative'].includes(body.payload.kind)) return
  try {
    await interceptor.settleTransaction(body, await client.proveTransaction(id))
  } catch (error) {
    // Settled before, or settled later by `reconcile`: the hold stays until then, which only understates what is left.
    if (!isSymbolonError(error)) throw error
  }
}

/**
 * Settles holds that an earlier run left behind, from the ledger's proofs; returns how many. An opening is settled with the closing
 * of its channel.
 */
export async function reconcile({ interceptor }: Mandated, client: FrameClient): Promise<number> {
  let settled = 0
  for (const { intent, signed } of interceptor.openHolds()) {
    if (!signed) continue
    try {
      const { transaction, receipt } = await client.call('transaction.get', { id: intent as Hash })
      if (transaction === undefined || receipt === undefined) continue
      if (transaction.body.payload.kind === 'channels.open') continue
      await interceptor.settleTransaction(transaction.body, await client.proveTransaction(intent))
      settled += 1
    } catch (error) {
      if (!isSymbolonError(error)) throw error
    }
  }
  return settled
}
