/** The command tree. What a command does is in `commands/`; how its result becomes an exit code is in run.ts. */
import type { Command } from 'commander'
import { type Bind, CliCommand } from './command.ts'
import { declareBalance, declarePay, declareSupply, declareTransaction } from './commands/accounts.ts'
import { declareAudit } from './commands/audit.ts'
import { declareBench } from './commands/bench.ts'
import { declareBuy } from './commands/buy.ts'
import { declareChannel } from './commands/channel.ts'
import { declareConfig, declareExitCodes } from './commands/config.ts'
import { declareCredential } from './commands/credential.ts'
import { declareDemo } from './commands/demo.ts'
import { declareFetch } from './commands/fetch.ts'
import { declareIdentity } from './commands/identity.ts'
import { declareInit } from './commands/init.ts'
import { declareMandate } from './commands/mandate.ts'
import { declareNode } from './commands/node.ts'
import { declareReputation } from './commands/reputation/index.ts'
import { declareServe } from './commands/serve.ts'

const GROUPS = [
  ['Start:', [declareDemo, declareInit, declareNode]],
  ['Trade:', [declareServe, declareBuy, declareFetch]],
  ['Money:', [declareBalance, declarePay, declareMandate, declareChannel]],
  ['Trust:', [declareReputation, declareIdentity, declareCredential, declareAudit]],
  ['Look:', [declareTransaction, declareSupply, declareConfig, declareBench, declareExitCodes]],
] as const

/** Errors are thrown, and nothing is written, by commander: run.ts does both. */
export function createProgram(version: string, bind: Bind): CliCommand {
  const program = new CliCommand('symbolon')
    .description(
      'Symbolon: software agents that have never met find each other, agree a price, pay as the work arrives, and settle.',
    )
    .version(version, '-V, --version')
    .option('--json', 'results as JSON on standard output; errors too')
    .option('--home <folder>', 'keys, settings and data (environment: SYMBOLON_HOME; default: ~/.symbolon)')
    .option('--node <url>', 'node to ask (SYMBOLON_NODE; default: http://127.0.0.1:7400)')
    .option('--as <agent>', 'who acts: buys, pays, opens channels (SYMBOLON_AGENT; default: buyer)')
    .option('--password-file <file>', 'password of the keys (else SYMBOLON_PASSWORD, else it is asked for)')
    .helpCommand('help [command]', 'help on a command, or on exit-codes')
    .addHelpText(
      'after',
      '\nFirst steps:\n  symbolon demo --once      a whole purchase in one process\n  symbolon init             a home of your own; it prints what comes next\n\nFlags win over the environment, the environment over config.json. See "symbolon config show" and "symbolon help exit-codes".\n',
    )
  for (const [heading, declares] of GROUPS) {
    program.commandsGroup(heading)
    for (const declare of declares) declare(program, bind)
  }
  eachCommand(program, (command) => {
    command
      .exitOverride()
      .showHelpAfterError(false)
      .configureHelp({ showGlobalOptions: true, helpWidth: 110 })
  })
  return program
}

/** The command and all below it. */
export function eachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) eachCommand(child, visit)
}
