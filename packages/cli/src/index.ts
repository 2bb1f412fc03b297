/** The `symbolon` command. `main` is what bin/symbolon.js calls. */
import { run } from './run.ts'

export { EXIT_CODES, type ExitCode, exitCodeOf } from './exit-code.ts'
export { commandReference } from './reference.ts'
export { run, VERSION } from './run.ts'

/** Runs with the arguments of this process and ends it: sockets that still wait must not keep a finished command alive. */
export async function main(): Promise<void> {
  const { stdin, stdout, stderr, env, argv } = process
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const terminal = stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined
  const code = await run(argv.slice(2), { stdout, stderr, environment: env, terminal })
  // Written first: a pipe may take its time.
  await new Promise<void>((resolve) => stdout.write('', () => resolve()))
  process.exit(code)
}
