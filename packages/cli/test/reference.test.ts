import { describe, expect, it } from 'vitest'
import type { Bind, CliCommand } from '../src/command.ts'
import { EXIT_CODES } from '../src/exit-code.ts'
import { SETTING_NAMES, SETTINGS } from '../src/home/settings.ts'
import { createProgram, eachCommand } from '../src/program.ts'
import { commandReference } from '../src/reference.ts'

const nothing: Bind = () => async () => {}

describe('the command reference', () => {
  it('names every command, option, variable and exit code, and is the same each time', () => {
    const text = commandReference()
    expect(commandReference()).toBe(text)
    eachCommand(createProgram('', nothing), (command) => {
      if (command.name() === 'exit-codes') return
      for (const { flags } of (command as CliCommand).options)
        expect(text).toContain(flags.replaceAll('|', '\\|'))
      for (const example of (command as CliCommand).examples) expect(text).toContain(example)
    })
    for (const name of SETTING_NAMES) expect(text).toContain(SETTINGS[name].variable)
    for (const code of Object.keys(EXIT_CODES)) expect(text).toMatch(new RegExp(`^\\| ${code} +\\| `, 'm'))
  })

  it('covers a description of every command: help that teaches has no empty page', () => {
    eachCommand(createProgram('', nothing), (command) => {
      expect(command.description().length, command.name()).toBeGreaterThan(20)
    })
  })
})
