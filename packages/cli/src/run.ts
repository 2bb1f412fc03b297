/** One run of the command line: arguments in, exit code out. Whatever fails is told once, in the form that was asked for. */
import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import type { Action, Bind } from './command.ts'
import { type CommonFlags, Context, type Surroundings } from './context.ts'
import { CliError } from './errors.ts'
import { type ExitCode, exitCodeOf } from './exit-code.ts'
import { Output } from './output/output.ts'
import { createProgram, eachCommand } from './program.ts'

export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** @param args without interpreter and script */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const program = createProgram(VERSION, bindTo(surroundings))
  eachCommand(program, (command) => {
    // Help is a result. Complaints of the parser are told below, with the others.
    command.configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: () => {},
      outputError: () => {},
    })
  })
  try {
    if (args.length === 0) {
      surroundings.stdout.write(program.helpInformation())
      return 0
    }
    await program.parseAsync([...args], { from: 'user' })
    return 0
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown
    // Parsing may have failed before --json was understood.
    const output = new Output(surroundings.stdout, surroundings.stderr, args.includes('--json'))
    output.error(error, (surroundings.environment['SYMBOLON_DEBUG'] ?? '') === '1')
    return exitCodeOf(error)
  }
}

function usageError(error: CommanderError): CliError {
  if (error.code === 'commander.help')
    return new CliError('USAGE', 'name a command of this family; add --help to see them')
  const message = error.message.replace(/^error: /, '')
  return new CliError('USAGE', `${message}; add --help to see what is possible`, { cause: error })
}

function bindTo(surroundings: Surroundings): Bind {
  return <O>(action: Action<O>) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command
      const context = new Context(surroundings, command.optsWithGlobals<CommonFlags>())
      try {
        await action(context, given.slice(0, -2) as (string | undefined)[], command.opts() as O)
      } finally {
        await context.close()
      }
    }
}
