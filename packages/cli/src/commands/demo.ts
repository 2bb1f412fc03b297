/** `symbolon demo`: the main job from nothing, in one process; `npm start` runs it. */
import type { Declare } from '../command.ts'
import { DEMO_DEFAULTS } from '../demo/main.ts'
import { onInterruption } from '../interruption.ts'
import { parseCount } from '../parse.ts'

interface DemoOptions {
  readonly data?: string
  readonly rows: string
  readonly price: string
  readonly port: string
  readonly once?: boolean
  readonly directory?: string
}

export const declareDemo: Declare = (program, bind) => {
  program
    .command('demo')
    .summary('see a whole purchase between strangers, from nothing')
    .description(
      'Starts a frame, a seller and a buyer that have never met, and lets the buyer buy: once with a new channel, once in the same ' +
        'channel. Verifies the receipt as a third party would. Needs no home; keys are made for the run alone.',
    )
    .option('--data <file>', 'CSV or NDJSON to sell (default: measurements of this machine)')
    .option('--rows <n>', 'rows to buy', `${DEMO_DEFAULTS.rows}`)
    .option('--price <units>', 'per row', DEMO_DEFAULTS.price)
    .option('--port <port>', 'of the node; 0 picks a free one', `${DEMO_DEFAULTS.port}`)
    .option('--directory <folder>', 'where everything is written (default: .symbolon/demo)')
    .option('--once', 'end when the purchase is done instead of staying up until Ctrl-C')
    .action(
      bind<DemoOptions>(async ({ output }, _, options) => {
        const { data, price, once = false, directory } = options
        const rows = Number(parseCount(options.rows, '--rows'))
        const port = Number(parseCount(options.port, '--port', 0n))
        const { demo } = await import('../demo/main.ts')
        const interruption = onInterruption({ deadline: true })
        await demo(
          {
            rows,
            price,
            port,
            once,
            json: output.json,
            ...(data === undefined ? {} : { data }),
            ...(directory === undefined ? {} : { directory }),
          },
          interruption.asked,
        )
        interruption.release()
      }),
    )
}
