/** From the bound channel to the granted credential. */
import type { Channel } from '@symbolon/channels'
import { decodeBinding, examineChallenge, formatPresentation, parseChallenge } from '@symbolon/credentials'
import {
  domainDigest,
  ed25519,
  equalBytes,
  formatDid,
  fromHex,
  type Hash,
  isSymbolonError,
  toHex,
} from '@symbolon/primitives'
import { goodsPath } from '../seller/offer.ts'
import { parseInvoice } from '../wire/invoice.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE } from '../wire/routes.ts'
import { payChallenge } from './pay-challenge.ts'
import type { Run } from './run.ts'
import { problemError } from './seller-client.ts'

/** 402, payment, presentation. Every part can be repeated after a crash without paying twice. */
export async function authenticate(run: Run, channel: Channel, signal: AbortSignal): Promise<void> {
  const path = goodsPath(run.resource)
  const bound = {
    [HEADER_PAYER]: formatDid(run.buyer.address),
    [HEADER_CHANNEL]: toHex(channel.id),
    [HEADER_QUOTE]: toHex(run.quote.digest),
  }
  if (run.progress.preimage === undefined) {
    const isFromBefore = run.progress.challenge !== undefined
    try {
      await payOnce(run, channel, path, bound, signal)
    } catch (error) {
      // The seller has forgotten the challenge and gave its payment back: a new one may be asked for.
      if (!isFromBefore || !isSymbolonError(error, 'PAYMENT_REFUSED')) throw error
      await run.save({ challenge: undefined })
      await payOnce(run, channel, path, bound, signal)
    }
  }
  const { preimage, challenge: header } = run.progress
  const challenge = parseChallenge(header ?? '')
  run.binding = decodeBinding(challenge.binding?.bytes ?? new Uint8Array(0))
  run.advance({
    kind: 'authenticated',
    binding: run.binding,
    preimage: preimage ?? new Uint8Array(32),
  })
  // The seller has written down that this purchase is paid: the credential may have expired since.
  if (run.progress.authenticated !== undefined) return
  const authorization = formatPresentation({
    macaroon: challenge.macaroon,
    preimage: preimage ?? new Uint8Array(32),
  })
  const granted = await run.seller.request('GET', path, { ...bound, authorization }, signal)
  if (granted.status !== 200) throw problemError(readProblem(granted.body), granted.status)
  await run.save({ authenticated: 1 })
}

/** Leaves challenge and preimage in the progress, both durable. Errors: those of the checks, and of `payChallenge`. */
async function payOnce(
  run: Run,
  channel: Channel,
  path: string,
  bound: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const { seller, quote, resource } = run
  const { frame } = run.buyer.agent.client
  const known = run.progress.challenge
  const isPaidFor = known !== undefined && isUnderWay(channel, known)
  if (known === undefined || (!isPaidFor && isStale(known, run.buyer.seconds))) {
    const answer = await seller.request('GET', path, bound, signal)
    const header = answer.headers.get('www-authenticate')
    if (answer.status !== 402 || header === null) throw problemError(readProblem(answer.body), answer.status)
    await run.save({ challenge: header })
  }
  const challenge = parseChallenge(run.progress.challenge ?? '')
  const providerKey = quote.signed.publicKey
  const prepaid = quote.quote.unitPrice * quote.quote.unitsMin
  const purchase = await examineChallenge(challenge, {
    // What was examined in time and paid does not expire while its answer is awaited.
    now: isPaidFor ? 0 : Number(run.buyer.seconds),
    amountMax: prepaid,
    decodeInvoice: parseInvoice,
    binding: {
      expected: {
        frame: toHex(frame),
        channel: toHex(channel.id),
        quote: toHex(quote.digest),
        price: prepaid,
        resource,
        payee: formatDid(quote.quote.provider),
        payer: formatDid(run.buyer.address),
      },
      verify: (bytes, signature) =>
        ed25519.verify(signature, domainDigest('challenge', frame, bytes), providerKey),
    },
  })
  const bindingBytes = challenge.binding?.bytes ?? new Uint8Array(0)
  run.isCommitted = true
  try {
    const preimage = await payChallenge(
      channel,
      {
        paymentHash: purchase.paymentHash as Hash,
        amount: purchase.amount,
        binding: domainDigest('challenge', frame, bindingBytes),
      },
      run.buyer.agent.ledger.height(),
      signal,
    )
    await run.save({ preimage })
  } catch (error) {
    run.isCommitted =
      isUnderWay(channel, run.progress.challenge ?? '') || !isSymbolonError(error, 'PAYMENT_REFUSED')
    throw error
  }
}

function isStale(header: string, now: bigint): boolean {
  const { binding } = parseChallenge(header)
  return binding === undefined || decodeBinding(binding.bytes).expiresAt <= Number(now)
}

/** The payment of a challenge waits for its answer in the newest state, or has got it. */
function isUnderWay(channel: Channel, header: string): boolean {
  const { binding } = parseChallenge(header)
  if (binding === undefined) return false
  const paymentHash = fromHex(decodeBinding(binding.bytes).paymentHash) as Hash
  return (
    channel.preimageOf(paymentHash) !== undefined ||
    channel.signed.state.pending.some((payment) => equalBytes(payment.paymentHash, paymentHash))
  )
}

function readProblem(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
