import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldPath, mayMeanForTest, requirePlainPath } from './path-subject.ts'

describe('one spelling of a path', () => {
  it.each([
    '//weather',
    '/a//weather',
    '/./weather',
    '/a/../weather',
    '/a/..',
    '/%2e%2e/weather',
    '/a%2fweather',
    '/a%5Cweather',
    '/a\\weather',
    '/weather%00',
    '/weather%0a',
    '/%2577eather',
    '/wea ther',
    '/weather#x',
    '/%zz',
    '/%e',
    'http://host/weather',
    '*',
    '',
    'weather',
  ])('refuses %j, which can be read in more than one way', (path) => {
    expect(() => requirePlainPath(path)).toThrow(expect.objectContaining({ code: 'PATH_AMBIGUOUS' }))
  })

  it('names the bound on the length', () => {
    expect(() => requirePlainPath(`/${'a'.repeat(2_048)}`)).toThrow(/PATH_CHARS_MAX = 2048/)
    expect(() => requirePlainPath(`/${'a'.repeat(2_047)}`)).not.toThrow()
  })

  it.each(['/', '/weather', '/a/b.c/d~e', '/%C3%BC', '/a/@me:1,2;v=1', '/.well-known/x', '/a..b', '/...'])(
    'accepts %j',
    (path) => {
      expect(() => requirePlainPath(path)).not.toThrow()
    },
  )

  it.each(['/Weather', '/WEATHER', '/weather/', '/weather;v=1', '/%77eather', '/we%61ther/', '/weather;/'])(
    'takes %j for /weather, as some framework may',
    (path) => {
      expect(foldPath(path)).toBe('/weather')
    },
  )

  it('never lets a re-spelled path escape a paid one', () => {
    const respell = (text: string, choices: readonly number[]): string =>
      [...text]
        .map((char, i) => {
          const choice = (choices[i] ?? 0) % 4
          if (char === '/') return char
          if (choice === 1) return char.toUpperCase()
          if (choice === 2) return `%${char.charCodeAt(0).toString(16)}`
          if (choice === 3) return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
          return char
        })
        .join('')
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
        fc.constantFrom('', '/', ';x', '/;y', ';x/'),
        (choices, tail) => {
          const path = respell('/weather', choices) + tail
          expect(mayMeanForTest('/weather', path)).toBe(true)
        },
      ),
    )
  })
})
