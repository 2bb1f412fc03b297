/** A seller whose deliveries follow a script instead of the file. Everything else about it is honest. */
import type { Channel } from '@symbolon/channels'
import type { RowPacket } from '@symbolon/market'
import type { Hash } from '@symbolon/primitives'
import type { Seller } from '@symbolon/sdk'
import { decodeStreamMessage, encodeStreamMessage } from '../../packages/sdk/src/wire/stream-message.ts'

export type Lie =
  | { readonly kind: 'rows'; readonly packet: RowPacket }
  | { readonly kind: 'end' }
  | { readonly kind: 'abort' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'drop' }

/** Says one thing in a channel, about the purchase under this quote. */
function say(channel: Channel, lie: Lie, quote: Hash): void {
  switch (lie.kind) {
    case 'rows':
      channel.sendApplication(encodeStreamMessage({ kind: 'rows', body: { quote, packet: lie.packet } }))
      return
    case 'end':
      channel.sendApplication(encodeStreamMessage({ kind: 'end', body: { quote, units: 1_000_000n } }))
      return
    case 'abort':
      channel.sendApplication(
        encodeStreamMessage({ kind: 'abort', body: { quote, code: 'NO_REASON', message: 'because' } }),
      )
      return
    case 'garbage':
      channel.sendApplication(Uint8Array.of(0xff, 0x00, 0xff))
  }
}

/** Every delivery that a buyer begins is answered by the script, at once. */
export function deliverRowsOf(seller: Seller, script: () => readonly Lie[]): void {
  const connections: { close(reason?: string): void }[] = []
  const accept = seller.acceptChannel.bind(seller)
  seller.acceptChannel = (transport) => {
    connections.push(transport)
    return accept(transport)
  }
  seller.receive = (bytes, channel) => {
    const message = decodeStreamMessage(bytes)
    if (message.kind !== 'begin') return
    for (const lie of script()) {
      if (lie.kind === 'drop') for (const connection of connections.splice(0)) connection.close('dropped')
      else if (channel.isOnline) say(channel, lie, message.body.quote as Hash)
    }
  }
}
deliverRowsOf.say = say
