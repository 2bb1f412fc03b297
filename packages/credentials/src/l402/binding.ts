import { canonicalInteger } from '../caveat/parse.ts'
import { CredentialError, type CredentialErrorCode } from '../errors.ts'
import { BINDING_BYTES_MAX, UINT64_MAX } from '../limits.ts'
import { asciiBytes, asciiString, isPlainText } from '../text/ascii.ts'
import type { SignedBinding } from './challenge.ts'

/**
 * What a 402 challenge is for (PL-4). A payment hash cannot hold a channel or a price, so the provider signs them
 * together: whoever swaps any of them for another purchase's breaks the signature or meets a different expectation.
 * Texts are 1 to 256 visible ASCII characters.
 */
export interface ChallengeBinding {
  readonly frame: string
  /** Lower-case hexadecimal, 64 characters. */
  readonly paymentHash: string
  readonly channel: string
  /** Quote digest. */
  readonly quote: string
  /** Base units of the frame's asset. */
  readonly price: bigint
  readonly resource: string
  readonly payee: string
  readonly payer: string
  /** Unix seconds, inclusive. */
  readonly expiresAt: number
}

const DOMAIN = 'symbolon-402-binding/1'
const FIELDS = [
  'frame',
  'payment_hash',
  'channel',
  'quote',
  'price',
  'resource',
  'payee',
  'payer',
  'expires_at',
] as const

/**
 * The bytes to sign: the domain line, then `name:value` for each field in a fixed order, joined by newlines. No value
 * can hold a newline, so one record has one text and one text is one record.
 * @throws BINDING_MALFORMED
 */
export function encodeBinding(binding: ChallengeBinding): Uint8Array {
  const { frame, paymentHash, channel, quote, price, resource, payee, payer, expiresAt } = binding
  for (const text of [frame, channel, quote, resource, payee, payer])
    if (text.length === 0 || text.length > 256 || !isPlainText(text))
      throw malformed('a text is not 1 to 256 visible ASCII characters')
  if (!/^[0-9a-f]{64}$/.test(paymentHash))
    throw malformed('the payment hash is not 64 lower-case hexadecimal digits')
  if (price < 0n || price > UINT64_MAX) throw malformed('the price is not an unsigned 64-bit integer')
  if (!Number.isSafeInteger(expiresAt) || expiresAt < 0)
    throw malformed('the expiry is not a Unix time in seconds')
  const values = [
    frame,
    paymentHash,
    channel,
    quote,
    String(price),
    resource,
    payee,
    payer,
    String(expiresAt),
  ]
  return asciiBytes([DOMAIN, ...FIELDS.map((name, index) => `${name}:${values[index]}`)].join('\n'))
}

/** @throws BINDING_MALFORMED for anything that {@link encodeBinding} would not write */
export function decodeBinding(bytes: Uint8Array): ChallengeBinding {
  if (bytes.length > BINDING_BYTES_MAX) throw malformed(`it is over BINDING_BYTES_MAX = ${BINDING_BYTES_MAX}`)
  const [domain, ...lines] = asciiString(bytes).split('\n')
  if (domain !== DOMAIN || lines.length !== FIELDS.length)
    throw malformed('its lines are not those of this version')
  const values = FIELDS.map((name, index) => {
    const line = lines[index]!
    if (!line.startsWith(`${name}:`)) throw malformed(`the line "${name}" is missing`)
    return line.slice(name.length + 1)
  })
  const [frame, paymentHash, channel, quote, price, resource, payee, payer, expiresAt] = values as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const priceValue = canonicalInteger(price)
  const expiresAtValue = canonicalInteger(expiresAt)
  if (priceValue === undefined || expiresAtValue === undefined)
    throw malformed('a number is not in canonical form')
  const binding: ChallengeBinding = {
    frame,
    paymentHash,
    channel,
    quote,
    price: priceValue,
    resource,
    payee,
    payer,
    expiresAt: Number(expiresAtValue),
  }
  encodeBinding(binding)
  return binding
}

/** Signs a binding with the provider's key, which this package never sees. */
export async function signBinding(
  binding: ChallengeBinding,
  sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<SignedBinding> {
  const bytes = encodeBinding(binding)
  return { bytes, signature: await sign(bytes) }
}

/** What the verifying side knows from elsewhere: its own channel, the quote that it accepted, its own address. */
export type ExpectedBinding = Omit<ChallengeBinding, 'expiresAt'>

/** Checks in order of precedence; the first difference gives the code. */
const COMPARED: readonly [keyof ExpectedBinding, CredentialErrorCode][] = [
  ['frame', 'BINDING_FRAME_MISMATCH'],
  ['payee', 'BINDING_PAYEE_MISMATCH'],
  ['payer', 'BINDING_PAYER_MISMATCH'],
  ['resource', 'BINDING_RESOURCE_MISMATCH'],
  ['channel', 'BINDING_CHANNEL_MISMATCH'],
  ['quote', 'BINDING_QUOTE_MISMATCH'],
  ['paymentHash', 'BINDING_PAYMENT_HASH_MISMATCH'],
  ['price', 'BINDING_PRICE_MISMATCH'],
]

/**
 * The binding, if the provider signed it and it is exactly the purchase that is expected.
 *
 * `verify` must check against the key of the expected payee, obtained from its descriptor and not from the challenge.
 * @throws BINDING_MALFORMED, BINDING_SIGNATURE_INVALID, BINDING_EXPIRED, then the mismatches: frame, payee, payer,
 *   resource, channel, quote, payment hash, price
 */
export async function verifyBinding(
  signed: SignedBinding,
  expected: ExpectedBinding,
  now: number,
  verify: (bytes: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>,
): Promise<ChallengeBinding> {
  const binding = decodeBinding(signed.bytes)
  if ((await verify(signed.bytes, signed.signature)) !== true)
    throw new CredentialError(
      'BINDING_SIGNATURE_INVALID',
      'the provider did not sign this challenge; do not pay, and fetch a new one from the provider itself',
    )
  if (now > binding.expiresAt)
    throw new CredentialError(
      'BINDING_EXPIRED',
      `the challenge expired at ${binding.expiresAt}; request a new one`,
    )
  for (const [field, code] of COMPARED)
    if (binding[field] !== expected[field])
      throw new CredentialError(
        code,
        `the challenge is for another ${field} than this purchase; do not pay, and restart from the quote`,
        { details: { expected: String(expected[field]), received: String(binding[field]) } },
      )
  return binding
}

function malformed(reason: string): CredentialError {
  return new CredentialError('BINDING_MALFORMED', `not a challenge binding: ${reason}`)
}
