import { describe, expect, test } from 'vitest'
import {
  authorizeHeader,
  CredentialVerifier,
  formatPresentation,
  MemoryCounterStore,
  type RequestContext,
} from '../../src/index.ts'
import { mint, NOW, preimage, rootKeys } from '../issuer.ts'

/**
 * One credential bought for one purchase, presented in another by a holder who has everything: macaroon, preimage
 * and a working connection. The challenge's own substitutions are in binding.test.ts.
 */
const purchase: RequestContext = {
  now: NOW,
  price: 50n,
  frame: 'frame:alpha',
  channel: 'channel-1',
  quote: 'ab'.repeat(32),
  payee: 'did:symbolon:provider',
  payer: 'did:symbolon:buyer',
  resource: 'https://provider.example/v2/completion',
  endpoint: '/v2/completion',
  method: 'POST',
}
const bound = mint([
  'frame = frame:alpha',
  'channel = channel-1',
  `quote = ${'ab'.repeat(32)}`,
  'payee = did:symbolon:provider',
  'payer = did:symbolon:buyer',
  'resource = https://provider.example/v2/completion',
  'endpoint = /v2/completion',
  'method = POST',
  'max_amount_per_request <= 50',
  'requests_remaining <= 1',
])
const header = formatPresentation({ macaroon: bound, preimage })

const substitutions: [string, Partial<RequestContext>, string][] = [
  ['another frame', { frame: 'frame:beta' }, 'CAVEAT_FRAME_MISMATCH'],
  ['another channel', { channel: 'channel-2' }, 'CAVEAT_CHANNEL_MISMATCH'],
  ['no channel', { channel: undefined }, 'CAVEAT_CHANNEL_MISMATCH'],
  ['another quote', { quote: 'cd'.repeat(32) }, 'CAVEAT_QUOTE_MISMATCH'],
  ['another payee', { payee: 'did:symbolon:other' }, 'CAVEAT_PAYEE_MISMATCH'],
  ['another payer', { payer: 'did:symbolon:thief' }, 'CAVEAT_PAYER_MISMATCH'],
  ['another resource', { resource: 'https://provider.example/v2/embedding' }, 'CAVEAT_SCOPE_MISMATCH'],
  ['another path', { endpoint: '/v2/embedding' }, 'CAVEAT_SCOPE_MISMATCH'],
  ['another method', { method: 'DELETE' }, 'CAVEAT_SCOPE_MISMATCH'],
  ['a higher price', { price: 51n }, 'CAVEAT_PRICE_EXCEEDED'],
]

describe('substituting the purchase', () => {
  test.each(substitutions)('%s is refused and costs the holder nothing', async (_name, other, code) => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
    expect(await authorizeHeader(verifier, header, { ...purchase, ...other })).toMatchObject({
      accepted: false,
      code,
    })
    // The single use is still there for the purchase itself, and then it is gone.
    expect(await authorizeHeader(verifier, header, purchase)).toMatchObject({ accepted: true })
    expect(await authorizeHeader(verifier, header, purchase)).toMatchObject({ code: 'CAVEAT_USES_EXHAUSTED' })
  })

  test('none passes by dropping the caveat that refuses, one at a time or all at once', async () => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
    for (let drop = 0; drop < bound.caveats.length; drop++) {
      const caveats = bound.caveats.filter((_, index) => index !== drop)
      const forged = formatPresentation({ macaroon: { ...bound, caveats }, preimage })
      expect(await authorizeHeader(verifier, forged, purchase)).toMatchObject({
        code: 'MACAROON_SIGNATURE_INVALID',
      })
    }
    const bare = formatPresentation({ macaroon: { ...bound, caveats: [] }, preimage })
    expect(await authorizeHeader(verifier, bare, purchase)).toMatchObject({
      code: 'MACAROON_SIGNATURE_INVALID',
    })
  })

  test('none passes by taking the identifier or the signature of another credential', async () => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
    const other = mint([], { nonce: new Uint8Array(16).fill(9) })
    for (const mixed of [
      { ...bound, identifier: other.identifier },
      { ...bound, signature: other.signature },
      { ...other, caveats: bound.caveats },
      { ...bound, caveats: other.caveats },
    ])
      expect(
        await authorizeHeader(verifier, formatPresentation({ macaroon: mixed, preimage }), purchase),
      ).toMatchObject({
        code: 'MACAROON_SIGNATURE_INVALID',
      })
  })

  test('a key version that the holder writes into the identifier selects no other key unnoticed', async () => {
    const verifier = new CredentialVerifier({ rootKeys })
    const relabelled = { ...bound, identifier: bound.identifier.with(4, 2) }
    expect(await verifier.verify(relabelled, preimage, purchase)).toMatchObject({
      code: 'ROOT_KEY_VERSION_UNKNOWN',
    })
  })

  test('repeating the same presentation in parallel is served once', async () => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, () => authorizeHeader(verifier, header, purchase)),
    )
    expect(verdicts.filter(({ accepted }) => accepted)).toHaveLength(1)
  })
})

describe('what a refusal says', () => {
  test('names the caveat by position and what to do, and holds nothing secret', async () => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
    const refused = await authorizeHeader(verifier, header, { ...purchase, price: 51n })
    expect(refused).toEqual({
      accepted: false,
      code: 'CAVEAT_PRICE_EXCEEDED',
      message: 'the price 51 is over "max_amount_per_request" = 50; renew with a higher ceiling',
      caveatIndex: 9,
    })
    const forged = formatPresentation({ macaroon: { ...bound, signature: new Uint8Array(32) }, preimage })
    const text = JSON.stringify(await authorizeHeader(verifier, forged, purchase))
    expect(text).not.toContain(Buffer.from(bound.signature).toString('hex'))
    expect(text).not.toContain(Buffer.from(preimage).toString('hex'))
  })
})
