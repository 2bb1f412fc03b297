/** A buyer, a provider, a stranger, and one purchase between them; every test builds on copies of these. */
import { addressOf, asHash, Ed25519KeyPair, type Hash, sha256, utf8 } from '@symbolon/primitives'
import {
  type CommitmentTerms,
  type Descriptor,
  descriptorDigest,
  draftQuote,
  type Quote,
  type QuoteExpectation,
  quoteDigest,
  type SoftTerms,
} from '../src/index.ts'

export const hashOf = (text: string): Hash => asHash(sha256(utf8(text)))
const keyPair = (name: string): Ed25519KeyPair => new Ed25519KeyPair(sha256(utf8(`seed of ${name}`)))

export const frame = hashOf('frame')
export const otherFrame = hashOf('another frame')
export const providerKey = keyPair('provider')
export const buyerKey = keyPair('buyer')
export const strangerKey = keyPair('stranger')
export const provider = addressOf(providerKey.publicKey)
export const buyer = addressOf(buyerKey.publicKey)
export const stranger = addressOf(strangerKey.publicKey)
export const NOW = 1_790_000_000n

export const descriptor: Descriptor = {
  frame,
  provider,
  version: 1n,
  capability: 'data.rows',
  domain: 'weather.example',
  resource: {
    kind: 'data',
    body: {
      name: 'stations.csv',
      format: 'csv',
      columns: [
        { name: 'station', type: 'text' },
        { name: 'celsius', type: 'decimal' },
      ],
      rowCount: 1_000,
      rowBytesMax: 120,
    },
  },
  pricing: {
    unit: 'row',
    base: 2_000n,
    segments: [{ thresholdPpm: 800_000, multiplierPpm: 1_500_000, slopePpm: 10_000_000 }],
    auction: false,
  },
  serviceLevel: {
    latencyCeilingMs: 80,
    percentile: 'p95',
    measurement: 'client-round-trip',
    throughputFloorOps: 100,
    availabilityPpm: 999_000,
    penalties: [{ kind: 'rate-reduction', breaches: 3, reductionPpm: 100_000 }],
    disputeReference: 'https://weather.example/disputes',
  },
  degraded: { partitions: [{ scenario: 'region-loss', uptimePpm: 950_000 }], sovereignty: ['EU'] },
  published: NOW - 60n,
  ageMax: 86_400,
  endpoints: [{ name: 'https', url: 'https://weather.example/' }],
  credentialTypes: ['l402'],
}

export const goods = { root: hashOf('root of the file'), rowCount: 1_000, first: 100 }

export const quote: Quote = draftQuote(descriptor, {
  buyer,
  resource: 'stations.csv',
  quantity: 500n,
  payeeKey: strangerKey.publicKey,
  goods,
  utilisationPpm: 500_000,
  now: NOW,
  lifetimeSeconds: 300n,
  creditWindow: 16,
  nonce: new Uint8Array(16).fill(7),
})

export const expectation: QuoteExpectation = {
  frame,
  descriptor,
  descriptorDigest: descriptorDigest(descriptor),
  buyer,
  resource: 'stations.csv',
  quantity: 500n,
  unitPriceMax: 3_000n,
  totalMax: 1_000_000n,
  creditWindowMax: 64,
  goodsRequired: true,
  now: NOW + 1n,
}

export const soft: SoftTerms = {
  priceCapPerUnit: 2_000n,
  collateral: 1_000_000n,
  challengePeriod: 100n,
  creditWindow: 16n,
}

export const terms: CommitmentTerms = {
  frame,
  buyer,
  provider,
  quote: quoteDigest(quote),
  serviceLevel: descriptor.serviceLevel,
  negotiated: soft,
  budget: 1_000_000n,
  disputes: 'channel-state',
  nonce: new Uint8Array(16).fill(9),
  proposed: NOW + 2n,
  validity: 30n,
}

/** The code of the error that `action` throws; undefined if it throws none. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

export async function codeOfAsync(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** Another value of the same type: what a forger would put in a field. */
export function altered(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value, (byte, i) => (i === 0 ? byte ^ 1 : byte))
  if (typeof value === 'bigint') return value + 1n
  if (typeof value === 'number') return value + 1
  if (typeof value === 'string') return `${value}x`
  if (typeof value === 'boolean') return !value
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.length === 0 ? value : [altered(value[0]), ...value.slice(1)]
  const [name, inner] = Object.entries(value as object)[0] ?? []
  return { ...(value as object), [name ?? '']: altered(inner) }
}
