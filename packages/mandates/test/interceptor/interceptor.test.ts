import { inspect } from 'node:util'
import { decode, domainDigest, Ed25519KeyPair, ed25519, encode, toHex, utf8 } from '@symbolon/primitives'
import {
  type ChannelState,
  channelStateDigest,
  type TransactionBody,
  transactionId,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import {
  approvalDigest,
  decision,
  type Intent,
  type Mandate,
  mandateDigest,
  narrow,
  type Opinion,
  type Predicate,
  verifyAuditLog,
} from '../../src/index.ts'
import {
  AGENT,
  agent,
  agentChannel,
  codeOf,
  countersignature,
  digest,
  FRAME,
  idOf,
  mandateOf,
  OTHER_FRAME,
  opening,
  PRINCIPAL,
  PROVIDER,
  paid,
  principal,
  providerChannel,
  STRANGER,
  seed,
  signed,
  stranger,
  T0,
  termsOf,
  WORKER,
  type World,
  worldOf,
} from '../support.ts'

function bodyOf(
  payload: TransactionBody['payload'],
  changes: Partial<TransactionBody> = {},
): TransactionBody {
  return {
    frame: FRAME,
    sender: AGENT,
    nonce: 0n,
    fee: 10n,
    gasLimit: 1_000n,
    validUntil: 100n,
    payload,
    ...changes,
  }
}
const transfer = (amount: bigint, changes: Partial<TransactionBody> = {}, to = PROVIDER): Intent => ({
  kind: 'transaction',
  body: bodyOf({ kind: 'accounts.transfer', body: { to, amount } }, changes),
})
const openingOf = (terms = termsOf()): Intent => ({
  kind: 'transaction',
  body: bodyOf(
    { kind: 'channels.open', body: { terms, signatures: [new Uint8Array(64), new Uint8Array(64)] } },
    { nonce: terms.nonce },
  ),
})
const stateIntent = (state: ChannelState, counterSignature?: Uint8Array): Intent => ({
  kind: 'channelState',
  frame: FRAME,
  state,
  ...(counterSignature === undefined ? {} : { counterSignature }),
})
async function withChannel(mandate?: Mandate, terms = termsOf()): Promise<World & { state: ChannelState }> {
  const world = await worldOf(mandate)
  await world.interceptor.sign({ kind: 'channelOpening', terms })
  await world.interceptor.sign(openingOf(terms))
  return { ...world, state: opening(terms) }
}
const codesIn = ({ interceptor }: World) =>
  [...interceptor.auditEntries()]
    .filter(({ entry }) => entry.type === 'decision')
    .map(({ body }) => decode(decision, body))

describe('signatures', () => {
  it('cover the transaction, by the account key, and hold its amount and fee', async () => {
    const { interceptor } = await worldOf()
    const intent = transfer(1_000n)
    const signature = await interceptor.sign(intent)
    expect(
      intent.kind === 'transaction' && ed25519.verify(signature, transactionId(intent.body), agent.publicKey),
    ).toBe(true)
    expect(interceptor.report()).toMatchObject({ committed: 1_010n, available: 498_990n, spent: 0n })
    expect(interceptor.openHolds()).toMatchObject([{ amount: 1_010n, lockedUntilHeight: 100n, signed: true }])
  })

  it('cover channel states, by the channel key; collateral is exposure, payments are spending', async () => {
    const { interceptor, state } = await withChannel()
    expect(interceptor.report()).toMatchObject({ inChannels: 100_000n, spent: 0n, committed: 100_010n })
    const next = paid(state, 700n)
    const signature = await interceptor.sign(stateIntent(next))
    expect(ed25519.verify(signature, channelStateDigest(FRAME, next), agentChannel.publicKey)).toBe(true)
    expect(interceptor.report()).toMatchObject({ inChannels: 99_300n, spent: 700n, committed: 99_310n })
  })

  it('commit a stream whole and spend it tick by tick as it is folded', async () => {
    const { interceptor, state } = await withChannel()
    const run = { id: 1n, payer: 0, root: digest(1), tickValue: 10n, length: 1_000, quote: digest(2) }
    const streaming = { ...state, sequence: 1n, balances: [90_000n, 0n], streams: [run] }
    await interceptor.sign(stateIntent(streaming))
    expect(interceptor.report()).toMatchObject({ spent: 0n, inChannels: 100_000n })
    const folded = {
      ...streaming,
      sequence: 2n,
      balances: [90_000n, 4_000n],
      streams: [{ ...run, root: digest(3), length: 600 }],
    }
    await interceptor.sign(stateIntent(folded))
    expect(interceptor.report()).toMatchObject({ spent: 4_000n, inChannels: 96_000n })
    const ended = { ...folded, sequence: 3n, balances: [96_000n, 4_000n], streams: [], final: true }
    await interceptor.sign(stateIntent(ended, countersignature(ended)))
    expect(interceptor.report()).toMatchObject({ spent: 4_000n, inChannels: 0n, available: 495_990n })
  })

  it('cover messages that move nothing, without a hold', async () => {
    const { interceptor } = await worldOf()
    const body = utf8('a descriptor')
    const signature = await interceptor.sign({ kind: 'message', domain: 'descriptor', frame: FRAME, body })
    expect(ed25519.verify(signature, domainDigest('descriptor', FRAME, body), agent.publicKey)).toBe(true)
    expect(interceptor.report().available).toBe(500_000n)
  })

  it('are the same for the same intent, which is charged once', async () => {
    const { interceptor, state } = await withChannel()
    const [one, two] = await Promise.all([interceptor.sign(transfer(5n)), interceptor.sign(transfer(5n))])
    expect(toHex(one)).toBe(toHex(two))
    const next = paid(state, 100n)
    const [three, four] = [
      await interceptor.sign(stateIntent(next)),
      await interceptor.sign(stateIntent(next)),
    ]
    expect(toHex(three)).toBe(toHex(four))
    expect(interceptor.report()).toMatchObject({ spent: 100n, committed: 99_900n + 10n + 15n })
  })
})

describe('attacks', () => {
  it('1,000 payments at once never exceed the cap by one base unit', async () => {
    const { interceptor } = await worldOf(mandateOf({ caps: { total: 100_000n } }))
    const codes = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        codeOf(() => interceptor.sign(transfer(313n, { nonce: BigInt(i) }))),
      ),
    )
    // 309 × (313 + 10) = 99,807, and one more would be 100,130.
    expect(codes.filter((code) => code === 'OK')).toHaveLength(309)
    expect(new Set(codes)).toEqual(new Set(['OK', 'CAP_TOTAL']))
    expect(interceptor.report()).toMatchObject({ committed: 99_807n, available: 193n })
  })

  it.each<[string, Intent, string]>([
    [
      'another frame',
      {
        kind: 'transaction',
        body: bodyOf(
          { kind: 'accounts.transfer', body: { to: PROVIDER, amount: 1n } },
          { frame: OTHER_FRAME },
        ),
      },
      'INTENT_FRAME',
    ],
    [
      'a message of another frame',
      { kind: 'message', domain: 'quote', frame: OTHER_FRAME, body: utf8('x') },
      'INTENT_FRAME',
    ],
    ['another sender', transfer(1n, { sender: STRANGER }), 'INTENT_SENDER'],
    ['a fee that eats the cap', transfer(1n, { fee: 500_000n }), 'CAP_TOTAL'],
    [
      'a batch that adds up',
      {
        kind: 'transaction',
        body: bodyOf({
          kind: 'accounts.transferBatch',
          body: {
            transfers: [
              { to: PROVIDER, amount: 300_000n },
              { to: STRANGER, amount: 200_000n },
            ],
          },
        }),
      },
      'CAP_TOTAL',
    ],
    [
      'a rotation of the key',
      {
        kind: 'transaction',
        body: bodyOf({
          kind: 'identity.rotate',
          body: {
            subject: AGENT,
            version: 1n,
            publicKey: stranger.publicKey,
            possession: new Uint8Array(64),
          },
        }),
      },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a deactivation',
      {
        kind: 'transaction',
        body: bodyOf({
          kind: 'identity.deactivate',
          body: { subject: AGENT, version: 1n, previous: { capabilities: [] } },
        }),
      },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a stranger as controller',
      {
        kind: 'transaction',
        body: bodyOf({
          kind: 'identity.register',
          body: { profile: { capabilities: [], services: [] }, bond: 1n, controller: STRANGER },
        }),
      },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a transaction disguised as a message',
      { kind: 'message', domain: 'transaction', frame: FRAME, body: utf8('x') },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a channel state disguised as a message',
      { kind: 'message', domain: 'channel-state', frame: FRAME, body: utf8('x') },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a mandate disguised as a message',
      { kind: 'message', domain: 'mandate', frame: FRAME, body: utf8('x') },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a kind that does not exist',
      { kind: 'digest', digest: seed(1) } as unknown as Intent,
      'INTENT_KIND_REFUSED',
    ],
    [
      'a channel whose key on our side is not ours',
      openingOf(termsOf({ keys: [stranger.publicKey, providerChannel.publicKey] })),
      'CHANNEL_KEY',
    ],
    [
      'a channel with oneself',
      openingOf(termsOf({ parties: [AGENT, AGENT], keys: [agentChannel.publicKey, agentChannel.publicKey] })),
      'CHANNEL_KEY',
    ],
    [
      'a deposit into an unknown channel',
      {
        kind: 'transaction',
        body: bodyOf({ kind: 'channels.deposit', body: { channel: digest(3), party: 0, amount: 1n } }),
      },
      'CHANNEL_UNKNOWN',
    ],
    [
      'a mandate that is not ours',
      { ...transfer(1n), purpose: { mandate: digest(8) } } as Intent,
      'MANDATE_UNKNOWN',
    ],
    [
      'an oversized message',
      { kind: 'message', domain: 'quote', frame: FRAME, body: new Uint8Array(65_537) },
      'SCHEMA_BOUND_EXCEEDED',
    ],
  ])('%s is refused, logged, and takes nothing', async (_, intent, code) => {
    const world = await worldOf()
    expect(await codeOf(() => world.interceptor.sign(intent))).toBe(code)
    expect(world.interceptor.report()).toMatchObject({ available: 500_000n, committed: 0n, spent: 0n })
    expect(codesIn(world).at(-1)).toMatchObject({ verdict: 'deny', code })
  })

  it('a worker cannot use a mandate that delegates to another', async () => {
    const { interceptor } = await worldOf()
    const child = narrow(mandateOf(), { delegate: WORKER, nonce: new Uint8Array(16).fill(1) })
    const name = await interceptor.add(signed(child, agent))
    expect(
      await codeOf(() => interceptor.sign({ ...transfer(1n), purpose: { mandate: name } } as Intent)),
    ).toBe('MANDATE_DELEGATE')
    expect(await codeOf(() => worldOf(mandateOf({ delegate: WORKER })))).toBe('MANDATE_DELEGATE')
  })

  it('pays and locks collateral with listed providers only', async () => {
    const { interceptor } = await worldOf(mandateOf({ providers: [STRANGER] }))
    expect(await codeOf(() => interceptor.sign(transfer(1n)))).toBe('PROVIDER_NOT_ALLOWED')
    expect(await codeOf(() => interceptor.sign(openingOf()))).toBe('PROVIDER_NOT_ALLOWED')
    expect(await codeOf(() => interceptor.sign({ kind: 'channelOpening', terms: termsOf() }))).toBe(
      'PROVIDER_NOT_ALLOWED',
    )
    expect(await codeOf(() => interceptor.sign(transfer(1n, {}, STRANGER)))).toBe('OK')
  })

  it('a stale or competing channel state is never signed', async () => {
    const { interceptor, state } = await withChannel()
    const first = paid(state, 100n)
    await interceptor.sign(stateIntent(first))
    expect(await codeOf(() => interceptor.sign(stateIntent(paid(state, 99n))))).toBe('CHANNEL_STALE')
    const next = paid(first, 1n)
    const codes = await Promise.all(
      [next, paid(first, 2n)].map((one) => codeOf(() => interceptor.sign(stateIntent(one)))),
    )
    expect(codes).toEqual(['OK', 'CHANNEL_STALE'])
  })

  it('a state that competes with one of an earlier life is signed once, and the dearer of them is charged', async () => {
    for (const { amounts, charged } of [
      { amounts: [100n, 40n], charged: 100n },
      { amounts: [40n, 100n], charged: 100n },
    ]) {
      const world = await withChannel()
      const [before = 0n, after = 0n] = amounts
      await world.interceptor.sign(stateIntent(paid(world.state, before)))
      const { interceptor } = await world.reopen()
      const codes = await Promise.all(
        [after, after + 1n, after + 2n].map((amount) =>
          codeOf(() => interceptor.sign(stateIntent(paid(world.state, amount)))),
        ),
      )
      expect(codes).toEqual(['OK', 'CHANNEL_STALE', 'CHANNEL_STALE'])
      expect(interceptor.report().spent).toBe(charged)
    }
  })

  it('restarts do not widen a mandate: every rise of competing states is spent', async () => {
    const { state, ...first } = await withChannel()
    const [deposit = 0n] = state.balances
    let world: World = first
    const codes: string[] = []
    for (let life = 0; life < 20; life++) {
      const amount = life % 2 === 0 ? deposit : 1n
      codes.push(await codeOf(() => world.interceptor.sign(stateIntent(paid(state, amount)))))
      world = await world.reopen()
    }
    expect(codes).toContain('CAP_TOTAL')
    const { total, spent, committed, available } = world.interceptor.report()
    expect(spent + committed + available).toBe(total)
  })

  it('an object that changes after, or answers twice differently while it is read, gains nothing', async () => {
    const { interceptor, state } = await withChannel()
    const next = paid(state, 10n)
    await interceptor.sign(stateIntent(next))
    next.balances[0] = 0n
    await interceptor.sign(stateIntent({ ...paid(state, 60_010n), sequence: 2n }))
    expect(interceptor.report().spent).toBe(60_010n)
    let reads = 0
    const shifting = { ...paid(state, 60_010n), sequence: 3n }
    Object.defineProperty(shifting, 'balances', {
      enumerable: true,
      get: () => (reads++ < 2 ? [40_000n, 60_000n] : [0n, 100_000n]),
    })
    const signature = await interceptor.sign(stateIntent(shifting))
    const seen = [0n, 40_000n].find((own) =>
      ed25519.verify(
        signature,
        channelStateDigest(FRAME, { ...state, sequence: 3n, balances: [own, 100_000n - own] }),
        agentChannel.publicKey,
      ),
    )
    // Whatever was signed is what was charged.
    expect(seen === 0n ? 100_000n : 60_010n).toBe(interceptor.report().spent)
  })

  it('cannot be told that a stranger is oneself by writing into its public address', async () => {
    const { interceptor } = await worldOf()
    interceptor.address.set(STRANGER)
    await interceptor.sign(transfer(1_000n, {}, STRANGER))
    expect(interceptor.report().committed).toBe(1_010n)
  })

  it('a clock that is set back revives no expired mandate, not even after a restart', async () => {
    const world = await worldOf(mandateOf({ expiresAt: BigInt(T0 + 100) }))
    world.clock.seconds = T0 + 101
    expect(await codeOf(() => world.interceptor.sign(transfer(1n)))).toBe('MANDATE_EXPIRED')
    world.clock.seconds = T0
    expect(await codeOf(() => world.interceptor.sign(transfer(1n)))).toBe('MANDATE_EXPIRED')
    const again = await world.reopen()
    expect(await codeOf(() => again.interceptor.sign(transfer(1n)))).toBe('MANDATE_EXPIRED')
  })

  it('a mandate that ends between the check and the signature gives no signature; the hold stays', async () => {
    const world = await worldOf(mandateOf({ expiresAt: BigInt(T0 + 100) }))
    world.clock.seconds = T0 + 100
    const pending = codeOf(() => world.interceptor.sign(transfer(1n)))
    world.clock.seconds = T0 + 101
    expect(await pending).toBe('MANDATE_EXPIRED')
    expect(world.interceptor.openHolds()).toHaveLength(1)
  })

  it('after expiry brings money home and pays nobody: final states and small closing fees only', async () => {
    const world = await worldOf(mandateOf({ expiresAt: BigInt(T0 + 100), caps: { total: 10n ** 12n } }))
    const { interceptor } = world
    await interceptor.sign(openingOf())
    const owed = paid(opening(termsOf()), 5n)
    await interceptor.sign(stateIntent(owed))
    world.clock.seconds = T0 + 101
    const close = (nonce: bigint, fee: bigint): Intent => ({
      kind: 'transaction',
      body: bodyOf({ kind: 'channels.settle', body: { channel: idOf(termsOf()) } }, { nonce, fee }),
    })
    expect(await codeOf(() => interceptor.sign(stateIntent(paid(owed, 1n))))).toBe('MANDATE_EXPIRED')
    expect(await codeOf(() => interceptor.sign(close(1n, 10_000_001n)))).toBe('MANDATE_EXPIRED')
    expect(await codeOf(() => interceptor.sign(transfer(1n, { nonce: 1n })))).toBe('MANDATE_EXPIRED')
    expect(await codeOf(() => interceptor.sign(close(1n, 10_000_000n)))).toBe('OK')
    const final = paid(owed, 0n, { final: true })
    expect(await codeOf(() => interceptor.sign(stateIntent(final, countersignature(final))))).toBe('OK')
    expect(interceptor.report()).toMatchObject({ spent: 5n, inChannels: 0n })
  })

  it('a delegation takes the whole child along, so two workers together stay under the cap', async () => {
    const { interceptor } = await worldOf(mandateOf({ caps: { total: 1_000n } }))
    const child = (fill: number) =>
      narrow(mandateOf({ caps: { total: 1_000n } }), {
        delegate: WORKER,
        nonce: new Uint8Array(16).fill(fill),
        caps: { total: 600n },
      })
    const signature = await interceptor.sign({ kind: 'delegation', mandate: child(1) })
    expect(ed25519.verify(signature, mandateDigest(child(1)), agent.publicKey)).toBe(true)
    expect(await codeOf(() => interceptor.sign({ kind: 'delegation', mandate: child(2) }))).toBe('CAP_TOTAL')
    expect(interceptor.report()).toMatchObject({ committed: 600n, available: 400n })
    const wider = { ...child(3), expiresAt: BigInt(T0 + 999_999) }
    expect(await codeOf(() => interceptor.sign({ kind: 'delegation', mandate: wider }))).toBe(
      'MANDATE_WIDENED',
    )
  })
})

describe('the secrets', () => {
  const secrets = [2, 3].map((fill) => toHex(seed(fill)))

  /** Everything that any property path reaches, prototypes and symbols included. */
  function reachable(root: object): Set<unknown> {
    const seen = new Set<unknown>()
    const queue: unknown[] = [root]
    for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
        continue
      if (value === Object.prototype || value === Function.prototype) continue
      seen.add(value)
      if (ArrayBuffer.isView(value)) continue
      for (const key of Reflect.ownKeys(value)) {
        const property = Reflect.getOwnPropertyDescriptor(value, key)
        queue.push(property?.value, property?.get, property?.set)
      }
      queue.push(Reflect.getPrototypeOf(value))
    }
    return seen
  }

  it('are in no property path: no key pair, no signer, no secret bytes', async () => {
    const { interceptor } = await worldOf()
    for (const value of reachable(interceptor)) {
      expect(value).not.toBeInstanceOf(Ed25519KeyPair)
      if (value instanceof Uint8Array) expect(secrets).not.toContain(toHex(value))
    }
    const calls = Reflect.ownKeys(Object.getPrototypeOf(interceptor)).filter((name) =>
      /sign/i.test(String(name)),
    )
    expect(calls.sort()).toEqual(['countersigned', 'sign'])
  })

  it('are not printed, serialised or cloned', async () => {
    const { interceptor } = await worldOf()
    const shown =
      inspect(interceptor, { depth: 20, showHidden: true }) +
      JSON.stringify(interceptor) +
      inspect(structuredClone({ ...interceptor }))
    for (const secret of [...secrets, 'seed', '2, 2, 2, 2', '3, 3, 3, 3']) expect(shown).not.toContain(secret)
  })

  it('are erased from the buffers that brought them', async () => {
    const seeds = { account: seed(2), channel: seed(3) }
    await worldOf(mandateOf(), { seeds })
    expect([...seeds.account, ...seeds.channel].every((byte) => byte === 0)).toBe(true)
  })

  it('must differ, because channel keys sign nothing else', async () => {
    expect(await codeOf(() => worldOf(mandateOf(), { seeds: { account: seed(2), channel: seed(2) } }))).toBe(
      'CHANNEL_KEY',
    )
  })

  it('stay inside when the prototype of key pairs is replaced afterwards', async () => {
    const { interceptor } = await worldOf()
    const original = Ed25519KeyPair.prototype.sign
    const stolen: unknown[] = []
    Ed25519KeyPair.prototype.sign = function (this: Ed25519KeyPair, message) {
      stolen.push(this)
      return original.call(this, message)
    }
    try {
      await interceptor.sign(transfer(1n))
    } finally {
      Ed25519KeyPair.prototype.sign = original
    }
    expect(stolen).toEqual([])
  })
})

describe('predicates', () => {
  const predicate = (name: string, costMicroseconds: number, evaluate: Predicate['evaluate']): Predicate => ({
    name,
    costMicroseconds,
    evaluate,
  })

  it('run cheapest first, stop at the first denial, and see what the intent really costs', async () => {
    const ran: string[] = []
    const opinion = (name: string, answer: Opinion) =>
      predicate(name, name.length, ({ flow }) => {
        ran.push(`${name} ${flow}`)
        return answer
      })
    const list = [
      opinion('expensive', { verdict: 'allow' }),
      opinion('mid', { verdict: 'deny', reason: 'not on Sundays' }),
      opinion('a', { verdict: 'allow' }),
    ]
    const { interceptor } = await worldOf(mandateOf(), { predicates: () => list })
    await expect(interceptor.sign(transfer(90n))).rejects.toThrow('mid: not on Sundays')
    expect(ran).toEqual(['a 100', 'mid 100'])
    expect(interceptor.report().available).toBe(500_000n)
  })

  it('can be replaced while payments run', async () => {
    let list: readonly Predicate[] = []
    const { interceptor } = await worldOf(mandateOf(), { predicates: () => list })
    expect(await codeOf(() => interceptor.sign(transfer(1n)))).toBe('OK')
    list = [predicate('closed', 1, () => ({ verdict: 'deny', reason: 'closed' }))]
    expect(await codeOf(() => interceptor.sign(transfer(2n)))).toBe('PREDICATE_DENIED')
  })

  it('may defer; so does a full rate window; the log says which it was', async () => {
    const list = [
      predicate('later', 1, ({ flow }) =>
        flow > 15n ? { verdict: 'defer', reason: 'wait', retryAfterSeconds: 3 } : { verdict: 'allow' },
      ),
    ]
    const world = await worldOf(mandateOf({ windows: [{ seconds: 60n, limit: 20n }] }), {
      predicates: () => list,
    })
    await expect(world.interceptor.sign(transfer(10n))).rejects.toMatchObject({
      details: { retryAfterSeconds: 3 },
    })
    await world.interceptor.sign(transfer(5n))
    await expect(world.interceptor.sign(transfer(5n, { nonce: 1n }))).rejects.toMatchObject({
      code: 'RATE_WINDOW',
      details: { retryAfterSeconds: 60 },
    })
    expect(codesIn(world).map(({ verdict }) => verdict)).toEqual(['defer', 'allow', 'defer'])
    world.clock.seconds += 60
    expect(await codeOf(() => world.interceptor.sign(transfer(5n, { nonce: 1n })))).toBe('OK')
  })

  const broken = [
    predicate('store', 1, () => {
      throw new Error('unavailable')
    }),
  ]
  it('that cannot be evaluated deny everything, fail-closed (catalogue example 13)', async () => {
    const world = await worldOf(mandateOf(), { predicates: () => broken })
    expect(await codeOf(() => world.interceptor.sign(transfer(1n)))).toBe('PREDICATE_UNAVAILABLE')
    expect(codesIn(world)).toMatchObject([{ verdict: 'deny', code: 'PREDICATE_UNAVAILABLE' }])
  })

  it('let payments pass up to the backstop, fail-open, also across a crash; every decision is logged', async () => {
    const world = await worldOf(mandateOf({ backstop: 50n }), { predicates: () => broken })
    for (const nonce of [0n, 1n]) await world.interceptor.sign(transfer(10n, { nonce }))
    const again = await world.reopen()
    expect(await codeOf(() => again.interceptor.sign(transfer(1n, { nonce: 2n })))).toBe('BACKSTOP_REACHED')
    expect(await codeOf(() => again.interceptor.sign(transfer(0n, { nonce: 3n })))).toBe('OK')
    expect(codesIn(again).map(({ verdict, unchecked }) => [verdict, unchecked])).toEqual([
      ['allow', 'store'],
      ['allow', 'store'],
      ['deny', undefined],
      ['allow', 'store'],
    ])
  })

  it('count as broken if they answer later instead of now', async () => {
    const late = [
      predicate('late', 1, (async () => ({ verdict: 'allow' })) as unknown as Predicate['evaluate']),
    ]
    const { interceptor } = await worldOf(mandateOf(), { predicates: () => late })
    expect(await codeOf(() => interceptor.sign(transfer(1n)))).toBe('PREDICATE_UNAVAILABLE')
  })

  it('are admitted only if together they can be evaluated in 5 ms', async () => {
    const slow = (costMicroseconds: number) =>
      worldOf(mandateOf(), {
        predicates: () => [predicate('slow', costMicroseconds, () => ({ verdict: 'allow' }))],
      })
    expect(await codeOf(async () => (await slow(5_000)).interceptor.sign(transfer(1n)))).toBe('OK')
    expect(await codeOf(async () => (await slow(5_001)).interceptor.sign(transfer(1n)))).toBe('BUDGET_BOUND')
  })
})

describe('supervision (catalogue example 43)', () => {
  it('escalates post-hoc → checkpoint → supervised, tags each spend, and then asks the principal', async () => {
    const supervised = mandateOf({ supervision: { checkpointAbove: 1_000n, superviseAbove: 5_000n } })
    const world = await worldOf(supervised)
    await world.interceptor.sign(transfer(900n))
    await world.interceptor.sign(transfer(200n, { nonce: 1n }))
    const large = transfer(5_000n, { nonce: 2n })
    expect(await codeOf(() => world.interceptor.sign(large))).toBe('SUPERVISION_REQUIRED')
    const again = await world.reopen()
    // Once supervised, always: also a small spend, also after a restart.
    expect(await codeOf(() => again.interceptor.sign(transfer(1n, { nonce: 3n })))).toBe(
      'SUPERVISION_REQUIRED',
    )
    if (large.kind !== 'transaction') throw new Error('unreachable')
    const message = approvalDigest(FRAME, transactionId(large.body))
    const approve = (by: Ed25519KeyPair): Intent => ({
      ...large,
      purpose: { approval: { publicKey: by.publicKey, signature: by.sign(message) } },
    })
    expect(await codeOf(() => again.interceptor.sign(approve(agent)))).toBe('SUPERVISION_REQUIRED')
    expect(await codeOf(() => again.interceptor.sign(approve(principal)))).toBe('OK')
    expect(
      codesIn(again)
        .filter(({ verdict }) => verdict === 'allow')
        .map(({ regime }) => regime),
    ).toEqual(['post-hoc', 'checkpoint', 'supervised'])
    expect([...again.interceptor.auditEntries()].filter(({ entry }) => entry.type === 'regime')).toHaveLength(
      2,
    )
  })
})

describe('crashes', () => {
  it('lose nothing that was signed: budget, holds, channels and newest states come back', async () => {
    const world = await withChannel()
    const next = paid(world.state, 5_000n)
    await world.interceptor.sign(stateIntent(next))
    await world.interceptor.sign(transfer(100n, { nonce: 7n }))
    const again = await world.reopen()
    expect(again.interceptor.report()).toEqual(world.interceptor.report())
    expect(again.interceptor.openHolds()).toEqual(world.interceptor.openHolds())
    expect(await codeOf(() => again.interceptor.sign(stateIntent(next)))).toBe('OK')
    // The engine may have lost what was signed last and propose something else: the dearer of the two stays counted.
    expect(await codeOf(() => again.interceptor.sign(stateIntent(paid(world.state, 1n))))).toBe('OK')
    expect(again.interceptor.report().spent).toBe(5_000n)
  })

  it('at any disk operation leave at most a hold too many, never a signature too many', async () => {
    let crashed = 0
    for (let operation = 8; operation < 60; operation++) {
      const world = await worldOf(mandateOf({ caps: { total: 1_000n } }))
      world.fileSystem.arm({ operation, kind: 'crash', bytes: operation * 7 })
      let signatures = 0
      for (let nonce = 0n; nonce < 12n; nonce++)
        await world.interceptor.sign(transfer(90n, { nonce })).then(
          () => signatures++,
          () => {},
        )
      if (signatures < 10) crashed++
      world.fileSystem.arm(undefined)
      const again = await world.reopen()
      const { committed } = again.interceptor.report()
      expect(committed).toBeGreaterThanOrEqual(BigInt(signatures) * 100n)
      for (let nonce = 20n; nonce < 40n; nonce++)
        await codeOf(() => again.interceptor.sign(transfer(90n, { nonce })))
      expect(again.interceptor.report().committed).toBe(1_000n)
    }
    expect(crashed).toBeGreaterThan(5)
  })

  it('a journal that fails stops every payment', async () => {
    const world = await worldOf()
    world.fileSystem.arm({ operation: world.fileSystem.operations, kind: 'error' })
    await expect(world.interceptor.sign(transfer(1n))).rejects.toThrow()
    world.fileSystem.arm(undefined)
    await expect(world.interceptor.sign(transfer(1n))).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
  })

  it('close refuses from then on', async () => {
    const { interceptor } = await worldOf()
    await interceptor.close()
    expect(await codeOf(() => interceptor.sign(transfer(1n)))).toBe('INTERCEPTOR_CLOSED')
  })
})

it('writes an audit log that verifies, with every decision in it', async () => {
  const world = await withChannel()
  await codeOf(() => world.interceptor.sign(transfer(10n ** 9n)))
  const report = verifyAuditLog(FRAME, world.interceptor.auditEntries(), world.interceptor.auditHead)
  expect(report.truncation).toBe('excluded')
  expect(codesIn(world).map(({ verdict, intent }) => `${verdict} ${intent}`)).toEqual([
    'allow channelOpening',
    'allow transaction',
    'deny transaction',
  ])
  expect(encode(decision, codesIn(world)[0]!).length).toBeGreaterThan(0)
  expect([idOf(termsOf()).length, PRINCIPAL.length]).toEqual([32, 32])
})
