import { SymbolonError } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES, exitCodeOf, exitCodeText } from '../../src/exit-code.ts'
import { Output } from '../../src/output/output.ts'
import { renderFacts, renderTable } from '../../src/output/table.ts'

class Recorder {
  text = ''
  isTTY: boolean
  constructor(isTTY = false) {
    this.isTTY = isTTY
  }
  write(text: string): void {
    this.text += text
  }
}
const made = (json: boolean, tty = false) => {
  const out = new Recorder()
  const err = new Recorder(tty)
  return { out, err, output: new Output(out, err, json) }
}

describe('output', () => {
  it('is text for people, one JSON document with --json', () => {
    const human = made(false)
    human.output.result({ a: 1 }, 'one')
    human.output.note('by the way')
    expect([human.out.text, human.err.text]).toEqual(['one\n', 'by the way\n'])
    const machine = made(true)
    machine.output.result({ a: '0.001' }, 'one')
    machine.output.note('by the way')
    expect(JSON.parse(machine.out.text)).toEqual({ a: '0.001' })
    expect(machine.err.text).toBe('')
  })

  it('tells an error in one line, whatever is in its message, and never a stack unless asked', () => {
    const error = new SymbolonError('SOME_CODE', 'first\n  second', { details: { bound: 7n } })
    const human = made(false)
    human.output.error(error, false)
    expect(human.err.text).toBe('symbolon: SOME_CODE: first second\n')
    const machine = made(true)
    machine.output.error(error, false)
    expect(JSON.parse(machine.out.text)).toEqual({
      error: { code: 'SOME_CODE', message: 'first second', details: { bound: '7' } },
    })
    const debug = made(false)
    debug.output.error(new Error('defect', { cause: error }), true)
    expect(debug.err.text).toMatch(
      /^symbolon: INTERNAL: defect [^\n]*\nError: defect\n.*caused by SymbolonError/s,
    )
  })

  it('writes progress over itself on a terminal only', () => {
    const watched = made(false, true)
    watched.output.progress('50 %')
    expect(watched.err.text).toBe('\r\x1b[K50 %')
    const piped = made(false)
    piped.output.progress('50 %')
    expect(piped.err.text).toBe('')
  })
})

describe('tables', () => {
  it('align texts to the left and numbers to the right, without trailing space', () => {
    const columns = [{ name: 'name' }, { name: 'units', align: 'right' as const }]
    expect(
      renderTable(columns, [
        ['a', '1'],
        ['long name', '1000000'],
      ]),
    ).toBe(['name         units', 'a                1', 'long name  1000000'].join('\n'))
    expect(renderTable(columns, [])).toBe('name  units')
  })

  it('leave out what is absent', () => {
    expect(renderFacts({ a: '1', longer: undefined, bc: '2' })).toBe('a   1\nbc  2')
  })
})

describe('exit codes', () => {
  const of = (code: string, cause?: unknown) => exitCodeOf(new SymbolonError(code, '', { cause }))

  it.each([
    ['USAGE', 2],
    ['AMOUNT_MALFORMED', 2],
    ['SCHEMA_BOUND_EXCEEDED', 2],
    ['FRAME_UNREACHABLE', 3],
    ['SELLER_UNREACHABLE', 3],
    ['KEY_STORE_UNLOCK_FAILED', 4],
    ['JOURNAL_LOCKED', 4],
    ['INTERRUPTED', 130],
    ['CAP_TOTAL', 1],
  ])('%s is %i', (code, expected) => expect(of(code)).toBe(expected))

  it('look at what made the last provider fail', () => {
    expect(of('PROCUREMENT_ABORTED', new SymbolonError('SELLER_UNREACHABLE', ''))).toBe(3)
    expect(of('PROCUREMENT_ABORTED', new SymbolonError('QUOTE_PRICE', ''))).toBe(1)
  })

  it('tell a defect from everything that was refused on purpose, and are all documented', () => {
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(70)
    for (const code of Object.keys(EXIT_CODES))
      expect(exitCodeText()).toMatch(new RegExp(`^ +${code}  `, 'm'))
  })
})
