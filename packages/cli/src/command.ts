/** How a command is declared: a commander command and what runs when it is called. */
import { Command } from 'commander'
import type { Context } from './context.ts'

/** What runs; `args` are the positional arguments in order, absent ones undefined. */
export type Action<O> = (
  context: Context,
  args: readonly (string | undefined)[],
  options: O,
) => Promise<void> | void

/** Makes commander's listener of an action; the one place where contexts are made and closed. */
export type Bind = <O>(action: Action<O>) => (...given: unknown[]) => Promise<void>

/** Adds one command, or one family of commands, to the program. */
export type Declare = (program: CliCommand, bind: Bind) => void

/** A command with examples, which its help and the reference show. */
export class CliCommand extends Command {
  examples: readonly string[] = []

  override createCommand(name?: string): CliCommand {
    return new CliCommand(name)
  }

  withExamples(...lines: readonly string[]): this {
    this.examples = lines
    return this.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`)
  }
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
