/** The password of the key files: from a file, from the environment, or asked for without echo. */
import { CliError } from '../errors.ts'
import { readText } from './files.ts'

export interface PasswordSource {
  readonly file: string | undefined
  readonly environment: string | undefined
  /** Where a person can be asked; undefined when nobody is there. */
  readonly terminal: PasswordTerminal | undefined
}

export interface PasswordTerminal {
  readonly input: NodeJS.ReadStream
  readonly output: { write(text: string): unknown }
}

/**
 * The flag wins over the environment, the environment over the prompt. `repeat` asks twice, for a new password. Errors:
 * FILE_UNREADABLE, PASSWORD_MISSING, PASSWORD_MISMATCH, INTERRUPTED.
 */
export async function readPassword(source: PasswordSource, repeat: boolean): Promise<string> {
  const { file, environment, terminal } = source
  const given = file === undefined ? environment : readText(file).replace(/\r?\n$/, '')
  if (given !== undefined && given !== '') return given
  if (terminal === undefined || given === '')
    throw new CliError(
      'PASSWORD_MISSING',
      'the keys are encrypted: pass --password-file, set SYMBOLON_PASSWORD, or run in a terminal',
    )
  const password = await prompt(terminal, repeat ? 'New password for the keys: ' : 'Password: ')
  if (password === '') throw new CliError('PASSWORD_MISSING', 'the password must not be empty')
  if (repeat && (await prompt(terminal, 'The same again: ')) !== password)
    throw new CliError('PASSWORD_MISMATCH', 'the two passwords differ; nothing was written, try again')
  return password
}

/** Raw mode, so that the terminal shows nothing of what is typed. */
function prompt({ input, output }: PasswordTerminal, question: string): Promise<string> {
  // Before the question is shown: who answers quickly must not see the answer either.
  input.setRawMode(true)
  output.write(question)
  input.resume()
  input.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (error?: Error): void => {
      input.removeListener('data', take)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      if (error === undefined) resolve(typed)
      else reject(error)
    }
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          finish()
          return
        }
        if (character === '\u0003') {
          finish(new CliError('INTERRUPTED', 'interrupted while the password was asked for'))
          return
        }
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
        else typed += character
      }
    }
    input.on('data', take)
  })
}
