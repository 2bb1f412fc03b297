import { expect, test } from 'vitest'
import { inProcessPair } from '../src/index.ts'
import { SimulatedLedger } from './simulated-ledger.ts'
import { Agent, REQUEST, settle } from './support.ts'

/** A view of the same ledger whose announcements never arrive. */
class DeafLedger extends SimulatedLedger {
  readonly #real: SimulatedLedger
  questions = 0

  constructor(real: SimulatedLedger) {
    super(real.frame)
    this.#real = real
  }

  override async channel(id: Parameters<SimulatedLedger['channel']>[0]) {
    this.questions += 1
    return this.#real.channel(id)
  }

  override subscribe(): () => void {
    return () => {}
  }
}

test('a side that nobody told of the opening asks the ledger, once for all who want to know', async () => {
  const ledger = new SimulatedLedger()
  const deaf = new DeafLedger(ledger)
  const alice = new Agent('alice', ledger)
  const bob = new Agent('bob', deaf)
  const [left, right] = inProcessPair()
  const accepting = bob.host.accept(right)
  await alice.host.open(left, REQUEST)
  const channel = await accepting
  await settle()
  expect([alice.channel.phase, channel?.phase]).toEqual(['open', 'opening'])
  const asked = deaf.questions
  await Promise.all([channel?.refresh(), channel?.refresh(), channel?.refresh()])
  expect(channel?.phase).toBe('open')
  expect(deaf.questions - asked).toBe(1)
  await alice.channel.pay(5n)
  await settle()
  expect(bob.channel.balances.own).toBe(5n)
})

test('asking changes nothing while the ledger does not have the channel', async () => {
  const ledger = new SimulatedLedger()
  ledger.refuse = () => 'NOT_NOW'
  const alice = new Agent('alice', ledger)
  const bob = new Agent('bob', ledger)
  const [left, right] = inProcessPair()
  const accepting = bob.host.accept(right)
  await expect(alice.host.open(left, REQUEST)).rejects.toMatchObject({ code: 'CHANNEL_LEDGER_REFUSED' })
  const channel = await accepting
  await channel?.refresh()
  expect(channel?.phase).toBe('opening')
})
