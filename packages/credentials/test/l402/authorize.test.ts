import { describe, expect, test } from 'vitest'
import {
  authorizeHeader,
  CredentialVerifier,
  formatPresentation,
  MemoryCounterStore,
} from '../../src/index.ts'
import { mint, NOW, preimage, rootKeys } from '../issuer.ts'

const context = { now: NOW, price: 0n }

describe("the server's check of an Authorization header", () => {
  test('accepts a good one and refuses a bad one with a code, never by throwing', async () => {
    const verifier = new CredentialVerifier({ rootKeys })
    const header = formatPresentation({ macaroon: mint(), preimage })
    expect(await authorizeHeader(verifier, header, context)).toMatchObject({ accepted: true })
    for (const [bad, code] of [
      ['', 'L402_PRESENTATION_MALFORMED'],
      ['Bearer x', 'L402_PRESENTATION_MALFORMED'],
      [`L402 AgEC:${'01'.repeat(32)}`, 'MACAROON_MALFORMED'],
      [header.replace(/.{44}$/, '02'.repeat(32)), 'L402_PREIMAGE_MISMATCH'],
      [`L402 ${'A'.repeat(20_000)}:x`, 'L402_HEADER_TOO_LARGE'],
    ] as const)
      expect(await authorizeHeader(verifier, bad, context)).toMatchObject({ accepted: false, code })
  })

  test("a full counter store is the server's failure, not a refusal of the client", async () => {
    const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore(0) })
    const header = formatPresentation({ macaroon: mint(['requests_remaining <= 1']), preimage })
    await expect(authorizeHeader(verifier, header, context)).rejects.toMatchObject({
      code: 'COUNTER_STORE_FULL',
    })
  })
})
