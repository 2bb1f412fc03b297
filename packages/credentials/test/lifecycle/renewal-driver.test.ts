import { describe, expect, test } from 'vitest'
import {
  CredentialError,
  type CredentialSpan,
  RENEWAL_DEFAULTS,
  type RenewalActions,
  type RenewalConfig,
  RenewalDriver,
  type RenewalEffect,
} from '../../src/index.ts'

/** Simulated time: actions wait on it, requests are sent in it. */
class Simulation {
  now = 0
  readonly #waiting: { at: number; resolve: () => void }[] = []

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ at: this.now + ms, resolve }))
  }

  /** Moves to `time`, waking sleepers on the way and letting what they start run. */
  async advanceTo(time: number): Promise<void> {
    this.now = time
    for (const sleeper of this.#waiting.filter(({ at }) => at <= time)) {
      this.#waiting.splice(this.#waiting.indexOf(sleeper), 1)
      sleeper.resolve()
    }
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
}

const LIFE_MS = 5_000
const RENEWAL_MS = 450
/** A new credential is known to all of the provider's replicas only this long after it was issued. */
const ACTIVATION_MS = 150
const TRAVEL_MS = 20

interface Load {
  sent: number
  waited: number
  paymentRequired: number
  renewals: number
}

/** A request every 10 ms for a minute against a server that honours spans exactly, by arrival time. */
async function load(config: RenewalConfig, actions: Partial<RenewalActions> = {}): Promise<Load> {
  const simulation = new Simulation()
  const result: Load = { sent: 0, waited: 0, paymentRequired: 0, renewals: 0 }
  const driver = new RenewalDriver(span('0', 0, LIFE_MS), config, () => simulation.now, {
    renew: async () => {
      await simulation.sleep(RENEWAL_MS)
      result.renewals++
      const activeFrom = simulation.now + ACTIVATION_MS
      return span(String(result.renewals), activeFrom, activeFrom + LIFE_MS)
    },
    caveatsMatch: () => true,
    resolveMismatch: () => Promise.resolve(false),
    ...actions,
  })
  for (let time = 0; time < 60_000; time += 10) {
    await simulation.advanceTo(time)
    driver.advance()
    // A client without overlap knows one credential and presents it, whatever the server's replicas know.
    const presented = config.overlapMs === 0 ? driver.state.current : driver.present()
    if (presented === undefined) {
      result.waited++
      continue
    }
    result.sent++
    const arrival = time + TRAVEL_MS
    if (arrival < presented.activeFrom || arrival > presented.expiresAt) result.paymentRequired++
  }
  return result
}

const span = (id: string, activeFrom: number, expiresAt: number): CredentialSpan => ({
  id,
  activeFrom,
  expiresAt,
})

describe('T-14: steady load across renewals, in simulated time', () => {
  test('with overlap no request draws a 402 and none waits', async () => {
    const { sent, waited, paymentRequired, renewals } = await load(RENEWAL_DEFAULTS)
    expect(renewals).toBeGreaterThanOrEqual(10)
    expect({ sent, waited, paymentRequired }).toEqual({ sent: 6000, waited: 0, paymentRequired: 0 })
  })

  test('without overlap, and with activation after issue, some do', async () => {
    const { paymentRequired, renewals } = await load({ ...RENEWAL_DEFAULTS, overlapMs: 0 })
    expect(renewals).toBeGreaterThanOrEqual(10)
    expect(paymentRequired).toBeGreaterThan(0)
  })

  test('LIFE-14: renewals are evenly spaced, one payment per credential', async () => {
    const starts: number[] = []
    let now = 0
    await load(RENEWAL_DEFAULTS, {
      onEffect: (effect) => {
        if (effect.type === 'promote') {
          starts.push(effect.promoted.activeFrom - now)
          now = effect.promoted.activeFrom
        }
      },
    })
    const [, ...gaps] = starts
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(20)
  })
})

describe('when renewing fails', () => {
  test('requests wait rather than draw a 402, and the failure is reported once within the deadline', async () => {
    const effects: RenewalEffect[] = []
    const { paymentRequired, waited } = await load(
      { ...RENEWAL_DEFAULTS, nextCallMs: TRAVEL_MS, recoveryMsMax: 20_000 },
      { renew: () => Promise.reject(new Error('no route')), onEffect: (effect) => void effects.push(effect) },
    )
    // Those sent within the travel time of the old credential's end arrive after it.
    expect(paymentRequired).toBeLessThanOrEqual(TRAVEL_MS / 10)
    expect(waited).toBeGreaterThan(5_000)
    expect(effects.filter(({ type }) => type === 'start-renewal')).toHaveLength(6)
    expect(effects.filter(({ type }) => type === 'report-failure')).toEqual([
      { type: 'report-failure', reason: 'attempts-exhausted', attempts: 6 },
    ])
  })

  test('a path that works again is found, without a 402 on the way', async () => {
    const simulation = new Simulation()
    let attempts = 0
    const rates: number[] = []
    const driver = new RenewalDriver(span('old', 0, 5_000), RENEWAL_DEFAULTS, () => simulation.now, {
      renew: () => {
        attempts++
        if (attempts < 3) return Promise.reject(new Error('no route'))
        return Promise.resolve(span('new', simulation.now, simulation.now + 60_000))
      },
      caveatsMatch: () => true,
      resolveMismatch: () => Promise.resolve(false),
      onEffect: (effect) => {
        if (effect.type === 'set-rate') rates.push(effect.ratePpm)
      },
    })
    for (let time = 0; time <= 6_000; time += 10) {
      await simulation.advanceTo(time)
      expect(driver.present(), `at ${time}`).toBeDefined()
    }
    expect(driver.state.current.id).toBe('new')
    expect(rates).toEqual([250_000, 250_000, 1_000_000])
  })

  test('L402-18: while a payment may still settle no other is made; its credential can be delivered later', async () => {
    const simulation = new Simulation()
    let attempts = 0
    const driver = new RenewalDriver(span('old', 0, 5_000), RENEWAL_DEFAULTS, () => simulation.now, {
      renew: () => {
        attempts++
        return Promise.reject(new CredentialError('L402_PAYMENT_PENDING', 'may still settle'))
      },
      caveatsMatch: () => true,
      resolveMismatch: () => Promise.resolve(false),
    })
    for (let time = 0; time <= 20_000; time += 50) {
      await simulation.advanceTo(time)
      driver.advance()
    }
    expect(attempts).toBe(1)
    expect(driver.state.phase).toBe('degraded')
    driver.deliver(span('late', 20_000, 90_000))
    expect(driver.present()?.id).toBe('late')
  })
})

describe('caveat mismatch', () => {
  async function mismatch(actions: Pick<RenewalActions, 'caveatsMatch' | 'resolveMismatch'>) {
    const simulation = new Simulation()
    const effects: RenewalEffect[] = []
    let issued = 0
    const driver = new RenewalDriver(span('old', 0, 5_000), RENEWAL_DEFAULTS, () => simulation.now, {
      renew: () => Promise.resolve(span(`new-${++issued}`, simulation.now, simulation.now + 60_000)),
      onEffect: (effect) => void effects.push(effect),
      ...actions,
    })
    for (let time = 0; time <= 4_200; time += 10) {
      await simulation.advanceTo(time)
      driver.advance()
    }
    return { driver, effects }
  }

  test('a resolvable one renews again and promotes what then matches', async () => {
    const { driver } = await mismatch({
      caveatsMatch: ({ id }) => id !== 'new-1',
      resolveMismatch: () => Promise.resolve(true),
    })
    expect(driver.state.current.id).toBe('new-2')
  })

  test.each([
    ['reports no way', () => Promise.resolve(false)],
    ['fails itself', () => Promise.reject(new Error('diagnosis failed'))],
  ])('when the diagnosis %s it is audited and never promoted', async (_name, resolveMismatch) => {
    const { driver, effects } = await mismatch({ caveatsMatch: () => false, resolveMismatch })
    expect(driver.state.current.id).toBe('old')
    expect(effects).toContainEqual(expect.objectContaining({ type: 'audit-mismatch' }))
  })

  test('a comparison that throws has not shown a match', async () => {
    const { driver } = await mismatch({
      caveatsMatch: () => {
        throw new Error('cannot compare')
      },
      resolveMismatch: () => Promise.resolve(false),
    })
    expect(driver.state.current.id).toBe('old')
  })
})

test('a bad configuration is refused when the driver is made', () => {
  const actions: RenewalActions = {
    renew: () => Promise.reject(new Error('unused')),
    caveatsMatch: () => true,
    resolveMismatch: () => Promise.resolve(false),
  }
  expect(
    () => new RenewalDriver(span('a', 0, 1), { ...RENEWAL_DEFAULTS, backoffMs: 0 }, () => 0, actions),
  ).toThrow(/backoffMs/)
})
