import { CredentialError } from '../errors.ts'
import {
  AUTH_PARAMS_PER_CHALLENGE_MAX,
  CHALLENGE_HEADER_CHARS_MAX,
  CHALLENGES_PER_HEADER_MAX,
} from '../limits.ts'

/** One challenge of a WWW-Authenticate header. */
export interface AuthChallenge {
  /** As sent; compare without regard to case. */
  readonly scheme: string
  readonly token68: string | undefined
  /** Values by lower-case name, unquoted. */
  readonly params: ReadonlyMap<string, string>
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*/y
/** What tells the `=` of a token68 from that of a parameter: nothing follows it in its list element. */
const PADDING_THEN_END = /=+[ \t]*(?:,|$)/y
const SPACES = /[ \t]*/y
const QUOTED = /"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)"/y

/**
 * Reads a WWW-Authenticate value (RFC 9110 §11.6.1): several challenges, each with auth-params or a token68, in one
 * comma-separated list, where only the shape tells a new challenge from a further parameter.
 *
 * Linear in the length: every pattern is anchored at the position and none backtracks over what another took.
 * @throws L402_HEADER_TOO_LARGE, L402_HEADER_MALFORMED
 */
export function parseChallenges(header: string): readonly AuthChallenge[] {
  if (header.length > CHALLENGE_HEADER_CHARS_MAX)
    throw new CredentialError(
      'L402_HEADER_TOO_LARGE',
      `the header is over CHALLENGE_HEADER_CHARS_MAX = ${CHALLENGE_HEADER_CHARS_MAX} characters; do not pay for it`,
    )
  const reader = new Reader(header)
  const challenges: { scheme: string; token68: string | undefined; params: Map<string, string> }[] = []
  for (;;) {
    reader.skipListSeparators()
    if (reader.done) return challenges
    const name = reader.take(TOKEN)
    if (name === undefined) throw malformed('a scheme or a parameter name was expected')
    const current = challenges.at(-1)
    const value = reader.parameterValue()
    if (value !== undefined) {
      // `name = value`: a further parameter of the challenge before it.
      if (current === undefined || current.token68 !== undefined)
        throw malformed('a parameter has no challenge')
      addParameter(current.params, name, value)
    } else {
      if (challenges.length === CHALLENGES_PER_HEADER_MAX)
        throw malformed(`over CHALLENGES_PER_HEADER_MAX = ${CHALLENGES_PER_HEADER_MAX} challenges`)
      const params = new Map<string, string>()
      const token68 = reader.schemeArgument(params)
      challenges.push({ scheme: name, token68, params })
    }
    reader.requireElementEnd()
  }
}

function addParameter(params: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase()
  if (params.has(key)) throw malformed(`the parameter "${key}" occurs twice`)
  if (params.size === AUTH_PARAMS_PER_CHALLENGE_MAX)
    throw malformed(`over AUTH_PARAMS_PER_CHALLENGE_MAX = ${AUTH_PARAMS_PER_CHALLENGE_MAX} parameters`)
  params.set(key, value)
}

/** A position in the header. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  /** The match of `pattern` here, consumed; its first group if it has one. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[1] ?? match[0]
  }

  /** Spaces and commas; empty list elements are allowed (RFC 9110 §5.6.1.2). */
  skipListSeparators(): void {
    while (
      !this.done &&
      (this.#text[this.#at] === ',' || this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t')
    )
      this.#at++
  }

  /** The value after `=`, or undefined (nothing consumed) if no `=` follows. */
  parameterValue(): string | undefined {
    const start = this.#at
    this.take(SPACES)
    if (this.#text[this.#at] !== '=') {
      this.#at = start
      return undefined
    }
    this.#at++
    this.take(SPACES)
    if (this.#text[this.#at] === '"') {
      const quoted = this.take(QUOTED)
      if (quoted === undefined) throw malformed('a quoted value does not end')
      return quoted.replace(/\\(.)/g, '$1')
    }
    const token = this.take(TOKEN)
    if (token === undefined) throw malformed('a parameter has no value, or one that must be quoted')
    return token
  }

  /** What follows a scheme: nothing, a token68 (returned), or its first parameter (added to `params`). */
  schemeArgument(params: Map<string, string>): string | undefined {
    const before = this.#at
    this.take(SPACES)
    if (this.done || this.#text[this.#at] === ',') return undefined
    if (this.#at === before) throw malformed('a space was expected after the scheme')
    const start = this.#at
    const name = this.take(TOKEN)
    const value = name === undefined ? undefined : this.#valueUnlessPadding()
    if (name !== undefined && value !== undefined) {
      addParameter(params, name, value)
      return undefined
    }
    this.#at = start
    const token68 = this.take(TOKEN68)
    if (token68 === undefined) throw malformed('a challenge holds neither a token nor parameters')
    return token68
  }

  /** As {@link parameterValue}, but trailing `=` of a token68 is not taken for an empty parameter. */
  #valueUnlessPadding(): string | undefined {
    PADDING_THEN_END.lastIndex = this.#at
    return PADDING_THEN_END.test(this.#text) ? undefined : this.parameterValue()
  }

  requireElementEnd(): void {
    this.take(SPACES)
    if (!this.done && this.#text[this.#at] !== ',') throw malformed('a comma was expected')
  }
}

function malformed(reason: string): CredentialError {
  return new CredentialError(
    'L402_HEADER_MALFORMED',
    `not a WWW-Authenticate header: ${reason}; do not pay for it`,
  )
}
