/**
 * The command as a child process, as a person or a script runs it. Every test file has a home of its own, in a folder that is removed
 * at the end; nothing listens on a fixed port. Tests wait for what must happen, never for a time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '../../bin/symbolon.js')
export const PASSWORD = 'correct horse'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Standard output as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on whatever shape the command printed
  readonly json: any
}

export class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), 'symbolon-cli-'))
  readonly environment: Record<string, string>
  readonly #running = new Set<Running>()

  constructor() {
    const { PATH = '' } = process.env
    this.environment = { PATH, SYMBOLON_HOME: join(this.directory, 'home'), SYMBOLON_PASSWORD: PASSWORD }
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** Runs to the end. `environment` is added; an empty text removes a variable. */
  run(args: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
    return this.#spawn(args, environment).finished
  }

  /** Runs with --json and expects success. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Finished
  async ok(args: readonly string[], environment: Record<string, string> = {}): Promise<any> {
    const finished = await this.run([...args, '--json'], environment)
    if (finished.code !== 0)
      throw new Error(`symbolon ${args.join(' ')}: ${finished.code}: ${finished.stdout}${finished.stderr}`)
    return finished.json
  }

  /** A command that runs on; resolves with its first JSON line. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Finished
  async start(args: readonly string[]): Promise<{ running: Running; started: any }> {
    const running = this.#spawn([...args, '--json'], {})
    const line = await running.line(() => true)
    return { running, started: JSON.parse(line) }
  }

  background(args: readonly string[]): Running {
    return this.#spawn(args, {})
  }

  #spawn(args: readonly string[], environment: Record<string, string>): Running {
    const merged = Object.fromEntries(
      Object.entries({ ...this.environment, ...environment }).filter(([, value]) => value !== ''),
    )
    const child = spawn(process.execPath, [BIN, ...args], {
      env: merged,
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const running = new Running(child)
    this.#running.add(running)
    running.finished.then(
      () => this.#running.delete(running),
      () => this.#running.delete(running),
    )
    return running
  }

  async close(): Promise<void> {
    for (const running of [...this.#running].reverse()) await running.end('SIGTERM')
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export class Running {
  readonly finished: Promise<Finished>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  readonly #waiting = new Set<() => void>()
  #ended = false

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (data: Buffer) => {
      this.#stdout += data.toString()
      this.#wake()
    })
    child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString()
      this.#wake()
    })
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        this.#ended = true
        this.#wake()
        const stdout = this.#stdout
        resolve({
          code,
          stdout,
          stderr: this.#stderr,
          get json() {
            return JSON.parse(stdout)
          },
        })
      })
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  /** The first line of standard output that fits. Rejects if the process ends without it. */
  async line(fits: (line: string) => boolean): Promise<string> {
    for (;;) {
      const found = this.#stdout.split('\n').slice(0, -1).find(fits)
      if (found !== undefined) return found
      if (this.#ended) throw new Error(`ended without that line: ${this.#stdout}${this.#stderr}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<Finished> {
    this.#child.kill(signal)
    return this.finished
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** Rows that are told apart, with a header line. */
export function csv(rows: number): string {
  let text = 'index,value\n'
  for (let i = 0; i < rows; i++) text += `${i},${(i * 7919) % 104729}\n`
  return text
}
