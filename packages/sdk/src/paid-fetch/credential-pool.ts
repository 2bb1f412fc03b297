/**
 * The credentials for one resource. A request takes a use of one that is live; callers that find none wait for one purchase
 * together. The next one is bought while this one still serves, when its time or its uses run low, so that a steady load
 * never waits and never sees a 402 (LIFE-6, LIFE-9); every live credential keeps being used to its end.
 */
import {
  type CredentialSpan,
  RENEWAL_DEFAULTS,
  type RenewalConfig,
  RenewalDriver,
} from '@symbolon/credentials'
import { isSymbolonError, SymbolonError } from '@symbolon/primitives'
import { RENEW_AHEAD_PPM } from '../limits.ts'
import type { Account, Sample } from './account.ts'
import type { Credential } from './credential.ts'

export class CredentialPool {
  readonly #account: Account
  /** Unix milliseconds. */
  readonly #clock: () => number
  readonly #config: RenewalConfig
  #credentials: Credential[]
  #driver: RenewalDriver | undefined
  #buying: Promise<Credential> | undefined
  /** Any request that the resource covers will do to ask for a challenge: the newest one. */
  #sample: Sample | undefined
  /** With fewer uses left than this, the next credential is bought. */
  readonly #usesAhead: number

  constructor(account: Account, clock: () => number, config: RenewalConfig = RENEWAL_DEFAULTS) {
    this.#account = account
    this.#clock = clock
    this.#config = config
    this.#credentials = account.restored()
    // One request per payment cannot be bought ahead: it would be one payment too many.
    const { requests } = account.options
    this.#usesAhead = requests === 1 ? 0 : Math.ceil((requests * RENEW_AHEAD_PPM) / 1_000_000)
  }

  /** A use of a credential. Errors: those of `Account.purchase`, the same for all who wait for one. */
  async take(sample: Sample): Promise<Credential> {
    this.#sample = sample
    for (;;) {
      const now = this.#clock()
      this.#credentials = this.#credentials.filter((one) => one.left > 0 && one.isLive(now))
      const credential = this.#credentials[0]
      if (credential === undefined) {
        await this.#buy()
        continue
      }
      credential.uses++
      this.#driver?.advance()
      if (this.#left() < this.#usesAhead) this.#driver?.countersExhausted()
      return credential
    }
  }

  /** The seller does not accept it any more. */
  async drop(credential: Credential): Promise<void> {
    this.#credentials = this.#credentials.filter((one) => one !== credential)
    await this.#account.drop(credential)
  }

  #left(): number {
    return this.#credentials.reduce((sum, one) => sum + one.left, 0)
  }

  /** One purchase at a time, whoever asks. */
  #buy(): Promise<Credential> {
    this.#buying ??= this.#purchase().finally(() => {
      this.#buying = undefined
    })
    return this.#buying
  }

  async #purchase(): Promise<Credential> {
    const credential = await this.#account.purchase(this.#sample ?? { method: 'GET', path: '/' })
    if (!this.#credentials.includes(credential)) this.#credentials.push(credential)
    this.#renewFrom(credential.span)
    return credential
  }

  /** The machine that decides when to renew follows the newest credential; one that is renewing takes it as the renewal. */
  #renewFrom(span: CredentialSpan): void {
    const phase = this.#driver?.state.phase
    if (phase === 'renewal-in-flight' || phase === 'degraded') {
      this.#driver?.deliver(span)
      return
    }
    this.#driver = new RenewalDriver(span, this.#config, this.#clock, {
      renew: async () => {
        try {
          return (await this.#buy()).span
        } catch (error) {
          // In the machine's own word for it: nothing more is tried until that payment has ended.
          if (isSymbolonError(error, 'PAYMENT_PENDING'))
            throw new SymbolonError('L402_PAYMENT_PENDING', error.message, { cause: error })
          throw error
        }
      },
      // What differs from the agreement was refused before it was paid for.
      caveatsMatch: () => true,
      resolveMismatch: async () => false,
    })
  }
}
