import { ChannelError } from '../errors.ts'

/** The stream is closed, runs the other way, or never was: the message changed nothing. */
export function unknownStream(stream: bigint): ChannelError {
  return new ChannelError('CHANNEL_STREAM_UNKNOWN', `No open stream ${stream} runs in this direction.`, {
    details: { stream },
  })
}
