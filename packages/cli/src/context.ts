/** What every command is given: its home, its settings, where to write, and the ways to a node and to keys. */
import { equalBytes } from '@symbolon/primitives'
import { FrameClient, type Seeds } from '@symbolon/sdk'
import { Home, homeDirectory } from './home/home.ts'
import { readAgentSeeds } from './home/key-files.ts'
import { type PasswordTerminal, readPassword } from './home/password.ts'
import { type ResolvedSettings, resolveSettings, type Settings, type SettingTexts } from './home/settings.ts'
import { Output, type TextStream } from './output/output.ts'

/** The process as a command sees it; a test passes another. */
export interface Surroundings {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly terminal: PasswordTerminal | undefined
}

/** Flags that every command takes. */
export interface CommonFlags {
  readonly json?: boolean
  readonly home?: string
  readonly passwordFile?: string
  readonly node?: string
  readonly as?: string
}

export class Context {
  readonly home: Home
  readonly output: Output
  readonly #surroundings: Surroundings
  readonly #flags: CommonFlags
  #settingFlags: SettingTexts = {}
  #resolved: ResolvedSettings | undefined
  #password: Promise<string> | undefined
  readonly #closers: (() => unknown)[] = []

  constructor(surroundings: Surroundings, flags: CommonFlags) {
    this.#surroundings = surroundings
    this.#flags = flags
    this.home = new Home(homeDirectory(flags.home, surroundings.environment))
    this.output = new Output(surroundings.stdout, surroundings.stderr, flags.json === true)
  }

  /** Flags of one command that are settings, such as --port. Call before `settings` is read. */
  withFlags(flags: SettingTexts): this {
    this.#settingFlags = flags
    this.#resolved = undefined
    return this
  }

  /** Errors: CONFIG_MALFORMED, SETTING_MALFORMED. A home need not exist. */
  get resolved(): ResolvedSettings {
    const { node, as } = this.#flags
    this.#resolved ??= resolveSettings(
      { node, agent: as, ...this.#settingFlags },
      this.#surroundings.environment,
      this.home.exists ? this.home.config : {},
    )
    return this.#resolved
  }

  get settings(): Settings {
    return this.resolved.values
  }

  /**
   * Connects to the node; closed with the context. With a home, any other frame than its own is refused.
   * Errors: FRAME_UNREACHABLE, FRAME_MISMATCH.
   */
  async client(): Promise<FrameClient> {
    const client = await FrameClient.connect({
      url: this.settings.node,
      ...(this.home.exists ? { frame: this.home.frame } : {}),
    })
    this.onClose(() => client.close())
    return client
  }

  /** Asked for once per command. Errors: those of `readPassword`. */
  password(repeat = false): Promise<string> {
    this.#password ??= readPassword(
      {
        file: this.#flags.passwordFile,
        environment: this.#surroundings.environment['SYMBOLON_PASSWORD'],
        terminal: this.#surroundings.terminal,
      },
      repeat,
    )
    return this.#password
  }

  /** Errors: HOME_MISSING, NAME_UNKNOWN, those of `password` and `readAgentSeeds`. */
  async seeds(name: string): Promise<Seeds> {
    this.home.address(name)
    return readAgentSeeds(this.home.keyPath(name), name, await this.password())
  }

  /** How people see an address: by its name if it has one. */
  display(address: Uint8Array, formatted: string): string {
    const name = this.home.nameOf(address)
    return name === undefined ? formatted : `${name} (${formatted})`
  }

  isOwn(address: Uint8Array, name: string): boolean {
    return equalBytes(this.home.address(name), address)
  }

  onClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  /** Closes what was opened, newest first. What fails to close does not hide what a command failed with. */
  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse())
      try {
        await closer()
      } catch {
        // The command's own outcome has been told already; journals are safe however they end.
      }
  }
}
