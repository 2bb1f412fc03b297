import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHALLENGE_HEADER_CHARS_MAX, parseChallenges } from '../../src/index.ts'

const plain = (header: string) =>
  parseChallenges(header).map(({ scheme, token68, params }) => [
    scheme,
    token68 ?? Object.fromEntries(params),
  ])

describe('WWW-Authenticate (RFC 9110 §11.6.1)', () => {
  test('the example of RFC 9110: two challenges in one field, one with a comma inside quotes', () => {
    expect(plain('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""')).toEqual([
      ['Basic', { realm: 'simple' }],
      ['Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ])
  })

  test.each([
    ['a bare scheme', 'Negotiate', [['Negotiate', {}]]],
    [
      'a bare scheme among others',
      'Negotiate, Basic realm="a"',
      [
        ['Negotiate', {}],
        ['Basic', { realm: 'a' }],
      ],
    ],
    [
      'a token68',
      'Negotiate YWJj/+==, L402 a=b',
      [
        ['Negotiate', 'YWJj/+=='],
        ['L402', { a: 'b' }],
      ],
    ],
    ['a token68 without padding', 'Negotiate YWJj', [['Negotiate', 'YWJj']]],
    ['empty list elements', ', ,Basic realm="a",, x=y,', [['Basic', { realm: 'a', x: 'y' }]]],
    ['spaces around the equals sign', 'A b = c , d\t=\t"e"', [['A', { b: 'c', d: 'e' }]]],
    ['many spaces before a value', 'A b=            "c"', [['A', { b: 'c' }]]],
    ['names in any case', 'A REALM=x', [['A', { realm: 'x' }]]],
    ['an empty quoted value', 'A b=""', [['A', { b: '' }]]],
    ['a comma and an equals sign in quotes', 'A b="c, D e=f"', [['A', { b: 'c, D e=f' }]]],
    ['nothing', '', []],
  ])('reads %s', (_name, header, expected) => {
    expect(plain(header)).toEqual(expected)
  })

  test.each([
    ['a quoted value that does not end', 'A b="c'],
    ['an escape that does not end', 'A b="c\\'],
    ['a value without quotes that needs them', 'L402 macaroon=AgEC/A==, invoice=x'],
    ['a parameter without a challenge', 'a=b'],
    ['a parameter twice', 'A b=c, b=d'],
    ['a parameter twice in different case', 'A b=c, B=d'],
    ['a parameter after a token68', 'A YWJj==, b=c'],
    ['junk after a value', 'A b="c"d'],
    ['a control character in quotes', 'A b="c\u0001"'],
    ['a line break', 'A b="c\r\nSet-Cookie: x"'],
    ['nine challenges', Array.from({ length: 9 }, (_, index) => `S${index}`).join(', ')],
    ['seventeen parameters', `A ${Array.from({ length: 17 }, (_, index) => `p${index}=1`).join(', ')}`],
  ])('refuses %s', (_name, header) => {
    expect(() => parseChallenges(header)).toThrowError(
      expect.objectContaining({ code: 'L402_HEADER_MALFORMED' }),
    )
  })

  test('refuses an oversize header and names the bound', () => {
    expect(() => parseChallenges(`A b="${'x'.repeat(CHALLENGE_HEADER_CHARS_MAX)}"`)).toThrow(
      /CHALLENGE_HEADER_CHARS_MAX/,
    )
  })

  test('reads back any list of challenges that is written by the grammar', () => {
    const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
    const value = fc.stringMatching(/^[ -~]{0,20}$/)
    const params = fc.uniqueArray(fc.tuple(token, value), {
      minLength: 1,
      maxLength: 5,
      selector: ([name]) => name.toLowerCase(),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(token, params), { maxLength: 5 }), (challenges) => {
        const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
        const header = challenges
          .map(
            ([scheme, list]) =>
              `${scheme} ${list.map(([name, text]) => `${name}=${quote(text)}`).join(', ')}`,
          )
          .join(', ')
        expect(plain(header)).toEqual(
          challenges.map(([scheme, list]) => [
            scheme,
            Object.fromEntries(list.map(([name, text]) => [name.toLowerCase(), text])),
          ]),
        )
      }),
    )
  })

  test('long hostile input ends in a result or a typed error', () => {
    const hostile = [
      `A ${'='.repeat(32_000)}`,
      `A b="${'\\\\'.repeat(15_000)}`,
      `${' '.repeat(32_000)}x`,
      `A ${'a'.repeat(32_000)}`,
      `A b${' '.repeat(32_000)}`,
    ]
    for (const header of hostile) {
      try {
        parseChallenges(header)
      } catch (error) {
        expect(error).toMatchObject({ code: 'L402_HEADER_MALFORMED' })
      }
    }
  })
})
