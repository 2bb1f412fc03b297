/**
 * Runs every example against a frame of its own and checks what it prints; exits 1 and shows the output of what failed.
 * Each seller runs as a process of its own, then the buyer that fits it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '@symbolon/primitives'
import { saveMandate } from '@symbolon/sdk'
import { seed, UNIT, World } from '../test/support/world.ts'

interface Example {
  readonly seller: string
  readonly buyer: string
  /** Appended to the seller's address; undefined: the buyer finds it by itself. */
  readonly path?: string
  /** What the buyer prints. */
  readonly expected: RegExp
}

const WEATHER = /^200 \{"sky":"clear"\}\nspent 0\.001\n$/
const EXAMPLES: readonly Example[] = [
  { seller: 'sell.ts', buyer: 'buy.ts', expected: /^0,16\n1,15\n(?:\d+,\d+\n){8}10 rows for 0\.01\n$/ },
  {
    seller: 'paywall.ts',
    buyer: 'paid-fetch.ts',
    path: '/weather',
    expected: /^200 \{"sky":"clear"\}\nspent 0\.01\n$/,
  },
  { seller: 'express.ts', buyer: 'paid-fetch.ts', path: '/weather', expected: WEATHER },
  { seller: 'fastify.ts', buyer: 'paid-fetch.ts', path: '/weather', expected: WEATHER },
  { seller: 'hono.ts', buyer: 'paid-fetch.ts', path: '/weather', expected: WEATHER },
  { seller: 'proxy.ts', buyer: 'paid-fetch.ts', path: '/any/path?x=1', expected: WEATHER },
]
/** Longest wait for a seller to be ready, and for a buyer to end. */
const WAIT_MS = 20_000

const names = EXAMPLES.flatMap(({ seller }, index) => [`${index}-${seller}`, `${index}-buyer`])
const funded = Object.fromEntries([...names, 'principal'].map((name) => [name, 1_000n * UNIT]))
const world = await World.create({ funded })
const running = new Set<ChildProcess>()
let failed = 0
try {
  for (const [index, example] of EXAMPLES.entries()) {
    const began = performance.now()
    const problem = await check(example, index).catch((error: unknown) => String(error))
    const took = `${Math.round(performance.now() - began)} ms`
    console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${example.seller} ← ${example.buyer} (${took})`)
    if (problem !== undefined) console.log(problem)
    failed += problem === undefined ? 0 : 1
  }
} finally {
  for (const child of running) child.kill('SIGKILL')
  await world.close()
}
process.exitCode = failed === 0 ? 0 : 1

async function check(example: Example, index: number): Promise<string | undefined> {
  const sellerName = `${index}-${example.seller}`
  const buyerName = `${index}-buyer`
  home(sellerName)
  saveMandate(home(buyerName), [await world.mandate(buyerName, 10n * UNIT)])
  const seller = start(example.seller, [], sellerName)
  try {
    const ready = await seller.until(/^selling at (\S+)$/m)
    const url = /^selling at (\S+)$/m.exec(ready)?.[1] ?? ''
    const buyer = start(example.buyer, example.path === undefined ? [] : [url + example.path], buyerName)
    const output = await buyer.ended()
    return example.expected.test(output) ? undefined : `expected ${example.expected}, got:\n${output}`
  } finally {
    seller.child.kill('SIGKILL')
  }
}

/** The directory of an agent, with the keys that the frame's genesis has funded. */
function home(name: string): string {
  const directory = join(world.directory, name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const kind of ['account', 'channel'])
    writeFileSync(join(directory, `${kind}.seed`), toHex(seed(`${name}/${kind}`)), { mode: 0o600 })
  return directory
}

function start(file: string, args: readonly string[], name: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { ...process.env, FRAME_URL: world.url, AGENT_HOME: join(world.directory, name) },
    cwd: join(import.meta.dirname, '..'),
  })
  running.add(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child)
      resolve()
    })
  })
  const timeout = (): Promise<never> =>
    new Promise((_, reject) => {
      setTimeout(
        () => reject(`${file} took longer than ${WAIT_MS} ms; it printed:\n${output}`),
        WAIT_MS,
      ).unref()
    })
  const until = (pattern: RegExp): Promise<string> =>
    Promise.race([
      timeout(),
      exited.then(() => Promise.reject(`${file} ended; it printed:\n${output}`)),
      new Promise<string>((resolve) => {
        const look = (): void => {
          if (pattern.test(output)) resolve(output)
        }
        child.stdout.on('data', look)
        look()
      }),
    ])
  const ended = (): Promise<string> => Promise.race([timeout(), exited.then(() => output)])
  return { child, until, ended }
}
