/**
 * A module for tests whose transactions do what they say: the fields of the payload `channels.redeemStream` are read as a
 * script. It has no logic of its own to hide mistakes of the kernel. Loaded by worker threads too, hence MODULES.
 */
import type { Address, Hash, Infer } from '@symbolon/primitives'
import { accountKey, channelKey, channelsPayloads, type Payload } from '@symbolon/protocol'
import { LedgerError } from '../src/error.ts'
import type { LedgerModule, StateKey } from '../src/module.ts'
import { accounts } from '../src/modules/accounts/accounts.ts'

/** Bits of `ticks`. */
export const SCRIPT = {
  /** Declares the write (else only the read) of `channel`; then adds one to the number there. */
  write: 1,
  /** Declares the read of `preimage`; then copies its number onto `channel`'s. */
  copy: 2,
  /** Fails after everything else. */
  fail: 4,
  /** Writes `preimage`, which is not declared for writing. */
  undeclared: 8,
  /** The same, but swallows the error. */
  swallow: 16,
  /** Uses `stream` gas. */
  gas: 32,
  /** Moves `stream` base units of the sender into the channel bucket. */
  lock: 64,
  /** Takes `stream` base units from the account `preimage`, declared for writing. */
  take: 128,
  /** Writes the sender's own balance past the books. */
  forge: 256,
  /** Emits an event whose legs do not balance. */
  unbalanced: 512,
  /** Deletes what is at `channel`. */
  erase: 1024,
} as const

type Script = Infer<typeof channelsPayloads.redeemStream>

export function script(channel: Uint8Array, other: Uint8Array, bits: number, amount = 0n): Payload {
  return {
    kind: 'channels.redeemStream',
    body: { channel: channel as Hash, stream: amount, ticks: bits, preimage: other },
  }
}

const has = ({ ticks }: Script, bit: number): boolean => (ticks & bit) !== 0
const numberAt = (value: Uint8Array | undefined): number => value?.[0] ?? 0

export const scripted: LedgerModule = {
  name: 'channels',
  namespace: 'channels',
  events: {},
  kinds: [
    {
      kind: 'channels.redeemStream',
      schema: channelsPayloads.redeemStream,
      access(body: Script) {
        const own: StateKey = { namespace: 'channels', key: channelKey(body.channel) }
        const other: StateKey = { namespace: 'channels', key: channelKey(body.preimage as Hash) }
        const account: StateKey = { namespace: 'accounts', key: accountKey(body.preimage as Address) }
        return {
          reads: [...(has(body, SCRIPT.write) ? [] : [own]), ...(has(body, SCRIPT.copy) ? [other] : [])],
          writes: [...(has(body, SCRIPT.write) ? [own] : []), ...(has(body, SCRIPT.take) ? [account] : [])],
        }
      },
      gas: () => 1_000n,
      execute(body: Script, context) {
        const own = channelKey(body.channel)
        const other = channelKey(body.preimage as Hash)
        const owner = body.channel
        const { sender } = context.transaction.body
        let value = numberAt(context.read('channels', own))
        if (has(body, SCRIPT.copy)) value += numberAt(context.read('channels', other))
        if (has(body, SCRIPT.write)) context.write('channels', own, Uint8Array.of((value + 1) & 0xff))
        if (has(body, SCRIPT.erase)) context.write('channels', own, undefined)
        if (has(body, SCRIPT.gas)) context.useGas(body.stream)
        if (has(body, SCRIPT.lock))
          context.emit({
            type: 'channels.locked',
            subjects: [owner],
            movement: {
              debits: [{ bucket: 'liquid', owner: sender, amount: body.stream }],
              credits: [{ bucket: 'channel', owner, amount: body.stream }],
            },
          })
        if (has(body, SCRIPT.take))
          context.emit({
            type: 'channels.taken',
            subjects: [owner],
            movement: {
              debits: [{ bucket: 'liquid', owner: body.preimage, amount: body.stream }],
              credits: [{ bucket: 'liquid', owner: sender, amount: body.stream }],
            },
          })
        if (has(body, SCRIPT.unbalanced))
          context.emit({
            type: 'channels.odd',
            subjects: [],
            movement: { debits: [], credits: [{ bucket: 'liquid', owner: sender, amount: 1n }] },
          })
        if (has(body, SCRIPT.forge)) context.write('accounts', accountKey(sender), Uint8Array.of(1))
        if (has(body, SCRIPT.undeclared)) context.write('channels', other, Uint8Array.of(77))
        if (has(body, SCRIPT.swallow))
          try {
            context.write('channels', other, Uint8Array.of(78))
          } catch {
            context.emit({ type: 'channels.swallowed', subjects: [] })
          }
        if (has(body, SCRIPT.fail)) throw new LedgerError('SCRIPT_FAILED', 'the script says so')
      },
    },
  ],
}

export const MODULES: readonly LedgerModule[] = [accounts, scripted]
