/**
 * Where a command says what it did. Results go to standard output: text for people, or with `--json` one JSON document (commands
 * that run on, `node` and `serve`, write one JSON object per line). Progress and errors for people go to standard error, so that
 * output can be piped. Amounts in JSON are decimal units as text, such as "0.001", exact like everywhere else.
 */
import { SymbolonError, toHex } from '@symbolon/primitives'

export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** Any record as JSON has it: undefined members are left out, and what is no number there (NaN, infinities) is null. */
export function plainJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

export class Output {
  readonly json: boolean
  readonly #out: TextStream
  readonly #err: TextStream

  constructor(out: TextStream, err: TextStream, json: boolean) {
    this.#out = out
    this.#err = err
    this.json = json
  }

  /** True if somebody watches progress: a line may be written over itself. */
  get isWatched(): boolean {
    return !this.json && this.#err.isTTY === true
  }

  /** The result: `value` with --json, else `text`. */
  result(value: JsonValue, text: string | (() => string)): void {
    if (this.json) this.#out.write(`${JSON.stringify(value, undefined, 2)}\n`)
    else this.#out.write(`${typeof text === 'string' ? text : text()}\n`)
  }

  /** One of many results of a command that runs on. */
  event(value: JsonValue, text: string): void {
    this.#out.write(this.json ? `${JSON.stringify(value)}\n` : `${text}\n`)
  }

  /** For people only. */
  note(text: string): void {
    if (!this.json) this.#err.write(`${text}\n`)
  }

  /** Overwrites the line before it; an empty text clears it. */
  progress(text: string): void {
    if (this.isWatched) this.#err.write(`\r\x1b[K${text}`)
  }

  /**
   * One line with code and advice. Never a stack, unless SYMBOLON_DEBUG is set: a defect must be reportable, and everything else
   * should be repairable by its text.
   */
  error(error: unknown, debug: boolean): void {
    const { code, message } = describe(error)
    if (this.json) {
      const details =
        error instanceof SymbolonError && Object.keys(error.details).length > 0 ? error.details : undefined
      this.#out.write(`${JSON.stringify({ error: { code, message, details } }, plain)}\n`)
    } else this.#err.write(`symbolon: ${code}: ${message}\n`)
    if (debug) this.#err.write(`${stackOf(error)}\n`)
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof SymbolonError)
    return { code: error.code, message: error.message.replace(/\s*\n\s*/g, ' ') }
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', message: `${text} (a defect: run again with SYMBOLON_DEBUG=1 and report it)` }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stack, cause } = error
  return cause === undefined ? `${stack}` : `${stack}\ncaused by ${stackOf(cause)}`
}

/** Details of errors may hold what JSON has no form for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? toHex(value) : value
}
