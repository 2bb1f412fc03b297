/** From whom trust starts, and the log of evidence when it is full. */
import { type Address, encode, toHex } from '@symbolon/primitives'
import {
  identityKey,
  identityRecord,
  reputationKey,
  reputationRecord,
  TRUST_EVIDENCE_MAX,
} from '@symbolon/protocol'
import { type Evidence, foldEpoch } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { startRecord } from '../../../src/modules/reputation/epochs.ts'
import { appendEvidence, clearEvidence, readEvidence } from '../../../src/modules/reputation/evidence-log.ts'
import { withStakes } from '../../../src/modules/reputation/prior.ts'
import type { StateAccess } from '../../../src/modules/reputation/trust-records.ts'
import { agent } from '../harness.ts'

class Store implements StateAccess {
  readonly values = new Map<string, Uint8Array>()
  read(namespace: string, key: Uint8Array): Uint8Array | undefined {
    return this.values.get(`${namespace}/${toHex(key)}`)
  }
  write(namespace: string, key: Uint8Array, value: Uint8Array | undefined): void {
    if (value === undefined) this.values.delete(`${namespace}/${toHex(key)}`)
    else this.values.set(`${namespace}/${toHex(key)}`, value)
  }
}

const agents = Array.from({ length: 6 }, (_, i) => agent(500 + i).address).sort(Buffer.compare) as Address[]
const parameters = { pairCap: 1_000n, supportHalfLife: 0, recordHalfLife: 0, stakeMin: 0n, stakeCap: 100n }

function input() {
  const evidence = agents.map((from, i) => settlement(from, agents[(i + 1) % 6] as Address, 10))
  return foldEpoch({ epoch: 0, before: undefined, evidence, parameters })
}

function settlement(from: Address, to: Address, weight: number): Evidence {
  return { kind: 'settlement', from, to, weight, rating: 0, latency: 0 }
}

function identity(
  store: Store,
  place: number,
  bond: bigint,
  {
    lifetime = 20n,
    controller,
    deactivated,
    registered = 1n,
  }: { lifetime?: bigint; controller?: Address; deactivated?: bigint; registered?: bigint } = {},
): void {
  const subject = agents[place] as Address
  const record = {
    subject,
    keys: [{ publicKey: agent(500 + place).key.publicKey, from: 0n }],
    version: 0n,
    profile: { capabilities: [], services: [] },
    bond,
    registered,
    ...(controller === undefined ? {} : { controller }),
    ...(deactivated === undefined ? {} : { deactivated }),
  }
  store.write('identity', identityKey(subject), encode(identityRecord, record))
  store.write(
    'reputation',
    reputationKey(subject),
    encode(reputationRecord, { ...startRecord(500_000, 0n), lifetime }),
  )
}

describe('the prior (TPR-129)', () => {
  const priors = (store: Store, anchors: Address[] = []): bigint[] =>
    withStakes((namespace, key) => store.read(namespace, key), input(), anchors).nodes.map(
      ({ prior }) => prior,
    )

  it('is never uniform: without anchors and matured bonds nobody has any', () => {
    const store = new Store()
    for (const place of agents.keys()) identity(store, place, 50n, { lifetime: 19n })
    expect(priors(store)).toEqual([0n, 0n, 0n, 0n, 0n, 0n])
  })

  it('is what matured bonds hold, the oldest of each controller', () => {
    const store = new Store()
    const controller = agent(900).address
    identity(store, 0, 50n)
    identity(store, 1, 70n, { controller, registered: 5n })
    identity(store, 2, 90n, { controller, registered: 4n })
    identity(store, 3, 95n, { controller, registered: 4n })
    identity(store, 4, 60n, { deactivated: 3n })
    expect(priors(store)).toEqual([50n, 0n, 90n, 0n, 0n, 0n])
  })

  it('nobody takes it from an agent by naming its controller, whatever the bond', () => {
    const store = new Store()
    const controller = agent(900).address
    for (const attacker of [1, 4]) {
      identity(store, 2, 50n, { controller, registered: 7n })
      identity(store, attacker, 5_000n, { controller, registered: 8n })
      expect(priors(store)[2]).toBe(50n)
    }
  })

  it('an agent counts as its own controller, also before who named it earlier and with more', () => {
    for (const [own, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const store = new Store()
      identity(store, own, 50n, { registered: 9n })
      identity(store, other, 70n, { controller: agents[own] as Address, registered: 2n })
      expect(priors(store)[own]).toBe(50n)
      expect(priors(store)[other]).toBe(0n)
    }
  })

  it('dividing a bond among identities gains nothing', () => {
    const [whole, divided] = [new Store(), new Store()]
    identity(whole, 0, 60n)
    for (const place of [0, 1, 2]) identity(divided, place, 20n)
    const sum = (of: bigint[]): bigint => of.reduce((a, b) => a + b, 0n)
    expect(sum(priors(divided))).toBe(sum(priors(whole)))
  })

  it('with anchors in the genesis it is theirs alone, each alike, whatever they hold', () => {
    const store = new Store()
    identity(store, 0, 90n)
    identity(store, 2, 1n)
    identity(store, 3, 1n, { deactivated: 5n })
    expect(priors(store, [agents[1], agents[2], agents[3]] as Address[])).toEqual([0n, 1n, 1n, 0n, 0n, 0n])
  })
})

describe('the log of evidence', () => {
  it('keeps what is added, over any number of blocks', () => {
    const store = new Store()
    let length = 0
    const all: Evidence[] = []
    for (let block = 0; block < 40; block++) {
      const added = Array.from({ length: block % 23 }, (_, i) =>
        settlement(agents[0] as Address, agents[1] as Address, 100 * block + i),
      )
      all.push(...added)
      if (added.length > 0) length = appendEvidence(store, { evidence: length }, added)
    }
    expect(length).toBe(all.length)
    expect(readEvidence(store, { evidence: length })).toEqual(all)
    clearEvidence(store, { evidence: length })
    expect(store.values.size).toBe(0)
  })

  it('when full, adds up what one pair settled and loses nothing of it', () => {
    const store = new Store()
    const wash = Array.from({ length: TRUST_EVIDENCE_MAX }, () =>
      settlement(agents[0] as Address, agents[1] as Address, 3),
    )
    let length = appendEvidence(store, { evidence: 0 }, wash)
    expect(length).toBe(TRUST_EVIDENCE_MAX)
    length = appendEvidence(store, { evidence: length }, [
      settlement(agents[2] as Address, agents[3] as Address, 5),
    ])
    expect(readEvidence(store, { evidence: length }).map(({ weight }) => weight)).toEqual([
      3 * TRUST_EVIDENCE_MAX,
      5,
    ])
    expect(store.values.size).toBe(1)
  })

  it('when full of different pairs, the lightest go and lost disputes stay', () => {
    const store = new Store()
    const flood = Array.from({ length: TRUST_EVIDENCE_MAX }, (_, i) => {
      const from = agents[0]?.slice() as Address
      new DataView(from.buffer).setUint32(0, i)
      return settlement(from, agents[1] as Address, 1)
    })
    let length = appendEvidence(store, { evidence: 0 }, flood)
    const honest = settlement(agents[2] as Address, agents[3] as Address, 5)
    const dispute: Evidence = { ...honest, kind: 'dispute', weight: 0 }
    length = appendEvidence(store, { evidence: length }, [honest, dispute])
    expect(length).toBe(TRUST_EVIDENCE_MAX / 2)
    expect(readEvidence(store, { evidence: length }).slice(0, 2)).toEqual([dispute, honest])
  })
})
