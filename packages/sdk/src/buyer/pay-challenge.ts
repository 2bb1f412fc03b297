/**
 * Paying a 402 challenge in a channel: a conditional payment against the challenge's hash, bound to the challenge's digest,
 * taken by the seller when it reveals the preimage. The preimage is the proof of payment; it is kept with the channel's state,
 * so it survives a crash between payment and use.
 */
import type { Channel } from '@symbolon/channels'
import { type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { HTLC_MARGIN_HEIGHTS } from '../limits.ts'

export interface ChallengePayment {
  readonly paymentHash: Hash
  readonly amount: Amount
  /** Digest of the signed binding. */
  readonly binding: Hash
}

/**
 * Resolves with the preimage. Errors: those of `Channel.update` (nothing is locked), PAYMENT_REFUSED (the seller returned it),
 * PAYMENT_PENDING (the connection ended first; ask again after reconnecting: the payment is taken or returned by then).
 */
export async function payChallenge(
  channel: Channel,
  payment: ChallengePayment,
  height: bigint,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const known = channel.preimageOf(payment.paymentHash)
  if (known !== undefined) return known
  const pending = channel.signed.state.pending.find(({ paymentHash }) =>
    equalBytes(paymentHash, payment.paymentHash),
  )
  const id = pending?.id ?? nextHtlcId(channel)
  const answer = awaitAnswer(channel, id, signal)
  try {
    if (pending === undefined) {
      const { amount, paymentHash, binding } = payment
      const expiry = height + channel.terms.challengePeriod + HTLC_MARGIN_HEIGHTS
      const proposed = channel.update([
        { kind: 'addHtlc', body: { id, amount, paymentHash, expiry, binding } },
      ])
      // An update waits for a connection, and it is the caller who makes connections.
      await Promise.race([proposed, answer.preimage])
    }
    return await answer.preimage
  } catch (error) {
    answer.stop()
    throw error
  }
}

/** Ids only have to differ within one state; counting on from the largest keeps them readable. */
function nextHtlcId(channel: Channel): bigint {
  let next = channel.signed.state.sequence << 1n
  for (const { id } of channel.signed.state.pending) if (id >= next) next = id + 1n
  return next
}

function awaitAnswer(
  channel: Channel,
  id: bigint,
  signal: AbortSignal | undefined,
): { preimage: Promise<Uint8Array>; stop: () => void } {
  let stop = (): void => {}
  const preimage = new Promise<Uint8Array>((resolve, reject) => {
    const listeners = [
      channel.events.on('advanced', (_, batches) => {
        for (const { operations } of batches)
          for (const operation of operations) {
            if (operation.kind === 'fulfilHtlc' && operation.body.id === id)
              finish(() => resolve(operation.body.preimage))
            if (operation.kind === 'failHtlc' && operation.body.id === id)
              finish(() =>
                reject(
                  new SdkError('PAYMENT_REFUSED', 'the seller returned the payment; request a new challenge'),
                ),
              )
          }
      }),
      channel.events.on('offline', (reason) =>
        finish(() =>
          reject(new SdkError('PAYMENT_PENDING', `the connection ended before the preimage came: ${reason}`)),
        ),
      ),
    ]
    const onAbort = (): void =>
      finish(() =>
        reject(
          new SdkError('PAYMENT_PENDING', 'no preimage in time; the payment is taken or returned later'),
        ),
      )
    signal?.addEventListener('abort', onAbort, { once: true })
    const finish = (then: () => void): void => {
      stop()
      then()
    }
    stop = () => {
      for (const end of listeners) end()
      signal?.removeEventListener('abort', onAbort)
    }
  })
  // The caller may fail before it waits: then nobody is left to handle a late rejection.
  preimage.catch(() => {})
  return { preimage, stop }
}
