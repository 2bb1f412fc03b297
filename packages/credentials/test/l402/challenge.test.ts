import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeBinaryV2,
  encodeMacaroonText,
  formatChallenge,
  formatPresentation,
  INVOICE_CHARS_MAX,
  parseChallenge,
  parsePresentation,
} from '../../src/index.ts'
import { mint, preimage } from '../issuer.ts'

const macaroon = mint(['service = a'])
const text = encodeMacaroonText(macaroon)
const invoice = 'lnbc10n1pexample'

describe('challenge', () => {
  test("is written in the book's form (L402-1) and read back", () => {
    const header = formatChallenge({ macaroon, invoice, binding: undefined })
    expect(header).toBe(`L402 macaroon="${text}", invoice="${invoice}"`)
    const read = parseChallenge(header)
    expect(Buffer.from(encodeBinaryV2(read.macaroon))).toEqual(Buffer.from(encodeBinaryV2(macaroon)))
    expect(read.invoice).toBe(invoice)
    expect(read.binding).toBeUndefined()
  })

  test.each([
    ['the legacy scheme', `LSAT macaroon="${text}", invoice="${invoice}"`],
    ['another case of the scheme', `l402 macaroon="${text}", invoice="${invoice}"`],
    ['token in place of macaroon', `L402 version="0", token="${text}", invoice="${invoice}"`],
    ['both, when they agree', `L402 token="${text}", macaroon="${text}", invoice="${invoice}"`],
    ['parameters in another order', `L402 invoice="${invoice}", macaroon="${text}"`],
    ['another scheme before it', `Payment id="1", method="x", L402 macaroon="${text}", invoice="${invoice}"`],
    ['another scheme after it', `L402 macaroon="${text}", invoice="${invoice}", Basic realm="macaroon=x"`],
    [
      'both generations of the scheme',
      `LSAT macaroon="${text}", invoice="${invoice}", L402 macaroon="${text}", invoice="${invoice}"`,
    ],
    [
      'the URL-safe alphabet',
      `L402 macaroon="${Buffer.from(encodeBinaryV2(macaroon)).toString('base64url')}", invoice="${invoice}"`,
    ],
  ])('is read with %s', (_name, header) => {
    const read = parseChallenge(header)
    expect(encodeMacaroonText(read.macaroon)).toBe(text)
    expect(read.invoice).toBe(invoice)
  })

  test.each([
    ['no L402 challenge', 'Basic realm="a"', 'L402_CHALLENGE_MISSING'],
    ['an empty header', '', 'L402_CHALLENGE_MISSING'],
    ['no macaroon', `L402 invoice="${invoice}"`, 'L402_HEADER_MALFORMED'],
    ['no invoice', `L402 macaroon="${text}"`, 'L402_HEADER_MALFORMED'],
    ['an empty invoice', `L402 macaroon="${text}", invoice=""`, 'L402_HEADER_MALFORMED'],
    [
      'a macaroon and a token that differ',
      `L402 macaroon="${text}", token="AgI=", invoice="${invoice}"`,
      'L402_HEADER_MALFORMED',
    ],
    [
      'two macaroons',
      `L402 macaroon="${text}", macaroon="${text}", invoice="${invoice}"`,
      'L402_HEADER_MALFORMED',
    ],
    ['a macaroon that is not base64', `L402 macaroon="***", invoice="${invoice}"`, 'MACAROON_MALFORMED'],
    [
      'a truncated macaroon',
      `L402 macaroon="${text.slice(0, 40)}", invoice="${invoice}"`,
      'MACAROON_MALFORMED',
    ],
    [
      'a binding without its signature',
      `L402 macaroon="${text}", invoice="${invoice}", binding="AAAA"`,
      'L402_HEADER_MALFORMED',
    ],
    [
      'an oversize invoice',
      `L402 macaroon="${text}", invoice="${'x'.repeat(INVOICE_CHARS_MAX + 1)}"`,
      'L402_HEADER_MALFORMED',
    ],
  ])('with %s is refused', (_name, header, code) => {
    expect(() => parseChallenge(header)).toThrowError(expect.objectContaining({ code }))
  })

  test.each(['', 'two words', 'a"b', 'a\r\nSet-Cookie: x', 'x'.repeat(INVOICE_CHARS_MAX + 1)])(
    'cannot be written around the invoice %j',
    (bad) => {
      expect(() => formatChallenge({ macaroon, invoice: bad, binding: undefined })).toThrowError(
        expect.objectContaining({ code: 'L402_HEADER_MALFORMED' }),
      )
    },
  )
})

describe('presentation', () => {
  test('T-9 and L402-9: the preimage of 32 times 01 in base64, as the book writes it', () => {
    const header = formatPresentation({ macaroon, preimage })
    expect(header).toBe(`L402 ${text}:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=`)
    expect(Buffer.from(parsePresentation(header).preimage)).toEqual(Buffer.from(preimage))
  })

  test('hexadecimal is written on request, and both cases are read', () => {
    const header = formatPresentation({ macaroon, preimage: preimage.fill(0xab, 0, 1) }, 'hex')
    expect(header.endsWith(`:ab${'01'.repeat(31)}`)).toBe(true)
    for (const hex of [`ab${'01'.repeat(31)}`, `AB${'01'.repeat(31)}`])
      expect(parsePresentation(`L402 ${text}:${hex}`).preimage[0]).toBe(0xab)
    preimage.fill(1)
  })

  test('the legacy scheme and other cases are read', () => {
    for (const scheme of ['LSAT', 'lsat', 'l402', 'L402'])
      expect(parsePresentation(`${scheme} ${text}:${'01'.repeat(32)}`).preimage).toHaveLength(32)
  })

  test('any preimage survives both forms', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('hex', 'base64'),
        (bytes, form) => {
          const read = parsePresentation(
            formatPresentation({ macaroon, preimage: bytes }, form as 'hex' | 'base64'),
          )
          expect(Buffer.from(read.preimage)).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })

  test.each([
    ['no scheme', `${text}:${'01'.repeat(32)}`],
    ['another scheme', `Bearer ${text}:${'01'.repeat(32)}`],
    ['no preimage', `L402 ${text}`],
    ['an empty preimage', `L402 ${text}:`],
    ['a short preimage', `L402 ${text}:${'01'.repeat(31)}`],
    ['a long preimage', `L402 ${text}:${'01'.repeat(33)}`],
    ['64 characters that are not hexadecimal', `L402 ${text}:${'zz'.repeat(32)}`],
    ['two macaroons', `L402 ${text},${text}:${'01'.repeat(32)}`],
    ['trailing junk', `L402 ${text}:${'01'.repeat(32)} x`],
    ['two colons', `L402 ${text}:${'01'.repeat(32)}:00`],
  ])('with %s is refused', (_name, header) => {
    expect(() => parsePresentation(header)).toThrowError(
      expect.objectContaining({ code: 'L402_PRESENTATION_MALFORMED' }),
    )
  })

  test('over the bound it is refused before anything is decoded', () => {
    expect(() => parsePresentation(`L402 ${'A'.repeat(20_000)}:${'01'.repeat(32)}`)).toThrowError(
      expect.objectContaining({ code: 'L402_HEADER_TOO_LARGE' }),
    )
  })

  test('a preimage of another size cannot be written', () => {
    expect(() => formatPresentation({ macaroon, preimage: new Uint8Array(31) })).toThrow(/32 bytes/)
  })
})
