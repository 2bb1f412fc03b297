/**
 * A world of three processes (node, seller, buyer) with durable folders, killed with SIGKILL again and again, and the audit at the
 * end. Used by crash.test.ts and soak.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROLES = ['node', 'seller', 'buyer'] as const
export type Role = (typeof ROLES)[number]

/** One kill: at a marker's occurrence in the process's next life, or so many milliseconds after it is ready. */
export type Kill =
  | { readonly role: Role; readonly at: string }
  | { readonly role: Role; readonly afterMs: number }

/** What a process has said, and whether it lives. */
class Life {
  readonly child: ChildProcess
  readonly lines: string[] = []
  complaint = ''
  readonly ended: Promise<NodeJS.Signals | number | null>
  isEnded = false
  #text = ''
  readonly #waiting: { line: string; resolve: (said: boolean) => void }[] = []

  constructor(role: Role, directory: string, hold: string) {
    const script = join(import.meta.dirname, 'processes', `${role}.ts`)
    this.child = spawn(process.execPath, [script, directory, hold], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stdin?.on('error', () => {})
    this.child.stdout?.on('data', (data) => this.#read(String(data)))
    this.child.stderr?.on('data', (data) => {
      this.complaint += String(data)
    })
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        this.isEnded = true
        for (const { resolve: tell } of this.#waiting) tell(false)
        resolve(signal ?? code)
      })
    })
  }

  #read(data: string): void {
    this.#text += data
    const lines = this.#text.split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) {
      this.lines.push(line)
      for (const entry of this.#waiting.filter((one) => one.line === line)) {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        entry.resolve(true)
      }
    }
  }

  /** True once the line was said; false if the process ended, or `timeoutMs` passed, without it. */
  says(line: string, timeoutMs: number): Promise<boolean> {
    if (this.lines.includes(line)) return Promise.resolve(true)
    if (this.isEnded) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      const settle = (said: boolean): void => {
        clearTimeout(timer)
        resolve(said)
      }
      this.#waiting.push({ line, resolve: settle })
    })
  }

  command(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

export class CrashWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'symbolon-crash-'))
  readonly lives = new Map<Role, Life>()
  /** Everything that all lives have said, in order of death. */
  readonly history: string[] = []
  kills = 0
  /** Kills by the point that they hit. */
  readonly hits = new Map<string, number>()

  constructor() {
    for (const role of ROLES) mkdirSync(join(this.directory, role))
  }

  async begin(): Promise<void> {
    for (const role of ROLES) await this.#startUntilReady(role)
  }

  #start(role: Role, hold = ''): Life {
    const life = new Life(role, this.directory, hold)
    this.lives.set(role, life)
    return life
  }

  /** A process that loses the node while it starts ends by itself, and is started again, as a supervisor would. */
  async #startUntilReady(role: Role): Promise<Life> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const life = this.#start(role)
      if (await life.says('ready', 60_000)) return life
      this.#note(role, life)
      await life.kill()
    }
    throw new Error(`${role} does not start\n${this.report()}`)
  }

  #note(role: Role, life: Life): void {
    this.history.push(...life.lines.map((line) => `${role}: ${line}`), `${role}: ${life.complaint}`)
  }

  /**
   * Ends the role's present life and begins one that is to be killed; resolves when the life after that is ready. A marker that
   * does not come within `patienceMs` (another purchase, a warm channel) makes it a kill at a random instant.
   */
  async kill(kill: Kill, patienceMs = 4_000): Promise<void> {
    const hold = 'at' in kill ? kill.at : ''
    let life = this.lives.get(kill.role)
    if (hold !== '' || life === undefined || life.isEnded) {
      if (life !== undefined) {
        await life.kill()
        this.#note(kill.role, life)
        this.kills += 1
      }
      life = this.#start(kill.role, hold)
    }
    if ('afterMs' in kill) await new Promise((resolve) => setTimeout(resolve, kill.afterMs))
    const held = hold !== '' && (await life.says('held', patienceMs))
    await life.kill()
    this.kills += 1
    const point = held ? `${kill.role} ${hold}` : `${kill.role} at random`
    this.hits.set(point, (this.hits.get(point) ?? 0) + 1)
    this.#note(kill.role, life)
    await this.#startUntilReady(kill.role)
    for (const role of ROLES) {
      const other = this.lives.get(role)
      if (other?.isEnded !== true) continue
      this.#note(role, other)
      await this.#startUntilReady(role)
    }
  }

  /** Lets the buyer finish what it has begun and close its channels. */
  async finish(): Promise<void> {
    const buyer = this.lives.get('buyer')
    buyer?.command('finish')
    if (buyer === undefined || !(await buyer.says('finished', 60_000)))
      throw new Error(`the buyer does not finish\n${this.report()}`)
    await buyer.ended
    this.#note('buyer', buyer)
  }

  /** Rows of each purchase, as the buyer's files hold them. */
  orders(): string[][] {
    const folder = join(this.directory, 'buyer')
    return readdirSync(folder)
      .filter((name) => name.endsWith('.rows'))
      .sort((a, b) => Number(a.replace(/\D/g, '')) - Number(b.replace(/\D/g, '')))
      .map((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
  }

  /** How many purchases the buyer believes to be done. */
  settled(): number {
    return Number(readFileSync(join(this.directory, 'buyer', 'settled'), 'utf8'))
  }

  /** The last words of everybody, for a failure. */
  report(): string {
    for (const [role, life] of this.lives) this.#note(role, life)
    return this.history.slice(-200).join('\n')
  }

  async end(): Promise<void> {
    for (const life of this.lives.values()) await life.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
