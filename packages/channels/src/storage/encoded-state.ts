/**
 * States inside journal records stand as byte strings that hold their canonical encoding. The encoding was made once, to be
 * hashed and signed; a record copies it instead of walking the state again, which is what most of a record's cost would be.
 */
import { bytes, decode, type Schema } from '@symbolon/primitives'
import { type ChannelState, channelState } from '@symbolon/protocol'

/** A full state, with 64 payments and 64 streams, takes about 18 kB. */
const STATE_BYTES_MAX = 64 * 1024

/** How a state appears in a record's wire schema. */
export const stateBytes = bytes(1, STATE_BYTES_MAX, 'encoded state')

/** A state together with its encoding. */
export interface EncodedState {
  readonly state: ChannelState
  /** `encode(channelState, state)`. */
  readonly encoded: Uint8Array
}

type Decoded<W extends { state: Uint8Array }> = Omit<W, 'state'> & EncodedState

/** The schema whose value holds the state and its bytes, over a wire record that holds the bytes alone. */
export function withState<W extends { state: Uint8Array }>(wire: Schema<W>): Schema<Decoded<W>> {
  const narrow = ({ state: _, encoded, ...rest }: Decoded<W>): W =>
    ({ ...rest, state: encoded }) as unknown as W
  const widen = ({ state: encoded, ...rest }: W): Decoded<W> => ({
    ...rest,
    state: decode(channelState, encoded),
    encoded,
  })
  return {
    name: wire.name,
    encodeTo: (writer, value) => wire.encodeTo(writer, narrow(value)),
    decodeFrom: (reader) => widen(wire.decodeFrom(reader)),
    toJson: (value) => wire.toJson(narrow(value)),
    fromJson: (json, path) => widen(wire.fromJson(json, path)),
    jsonSchema: () => wire.jsonSchema(),
  }
}
