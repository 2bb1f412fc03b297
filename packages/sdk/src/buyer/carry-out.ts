/** From the agreement to the settlement, whatever of it an earlier life has done already. */
import { type Amount, toHex } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { authenticate } from './authenticate.ts'
import type { Purchase } from './purchase.ts'
import { bindChannel, readyChannel } from './ready-channel.ts'
import { receiveAndSettle } from './receive-and-settle.ts'
import type { Run } from './run.ts'

/** From the agreement to the settlement: what is done already is not done again. */
export async function carryOut(run: Run, collateral: Amount, verified = 0n): Promise<Purchase> {
  const { keys } = run.buyer.agent
  const { task } = run.order
  keys.purpose(run.quote.digest, { resource: run.resource, ...(task === undefined ? {} : { task }) })
  try {
    const channel = await readyChannel(run, collateral)
    const release = await run.buyer.takeBinding(channel.id)
    try {
      await bindChannel(run, channel)
      await run.clock.run('authentication', (signal) => authenticate(run, channel, signal))
    } finally {
      release()
    }
    return await receiveAndSettle(run, channel, verified)
  } catch (cause) {
    // After the first payment the same purchase is resumed; another provider would be paid a second time.
    if (run.progress.preimage === undefined && !run.isCommitted) {
      if (!run.isResumed) await run.save({ abandoned: 1 })
      throw cause
    }
    const { code = 'ERROR', message } = cause as { code?: string; message: string }
    throw new SdkError(code, `${message} (paid already: resume purchase ${toHex(run.progress.id)})`, {
      cause,
      details: { paid: true, purchase: toHex(run.progress.id) },
    })
  } finally {
    keys.purpose(run.quote.digest, undefined)
  }
}
