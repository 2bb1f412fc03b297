/** `symbolon demo`, which `npm start` runs. */
import { join } from 'node:path'
import { runDemo } from './demo.ts'
import { jsonOf, progressTo, tableOf } from './report.ts'

export interface DemoFlags {
  readonly data?: string
  readonly rows: number
  readonly price: string
  readonly port: number
  readonly once: boolean
  readonly json: boolean
  readonly directory?: string
}

export const DEMO_DEFAULTS = { rows: 10_000, price: '0.001', port: 0 } as const

/** Returns when the job is done (`once`) or when it is told to stop. */
export async function demo(flags: DemoFlags, stopped: Promise<void>): Promise<void> {
  const directory =
    flags.directory ?? join('.symbolon', 'demo', new Date().toISOString().replace(/[:.]/g, '-'))
  const { data, rows, price, port } = flags
  const running = await runDemo({
    directory,
    rows,
    price,
    port,
    onEvent: flags.json ? () => {} : progressTo(process.stderr),
    ...(data === undefined ? {} : { data }),
  })
  const { result } = running
  process.stdout.write(flags.json ? `${JSON.stringify(jsonOf(result))}\n` : tableOf(result))
  if (!flags.once) {
    process.stderr.write(
      `\n  the frame stays up: ${result.urls.frame} (try /supply, /checkpoints/latest, /openrpc.json, /metrics)\n  the seller too:     ${result.urls.seller}/.well-known/symbolon\n  Ctrl-C stops both\n`,
    )
    await stopped
    process.stderr.write('\nstopping…\n')
  }
  await running.stop()
}
