/**
 * Rows proven per second and records verified per second, on one core, against the machine's own ceilings measured in
 * the same run: two SHA-256 node hashes' worth of work per row, one Ed25519 verification per record.
 *
 *   node packages/market/bench/market.bench.ts [--native]
 */
import {
  addressOf,
  asHash,
  Ed25519KeyPair,
  ed25519,
  merkleLeafHash,
  merkleNodeHash,
  sha256,
  utf8,
} from '@symbolon/primitives'
import {
  type Candidate,
  descriptorDigest,
  draftDescriptor,
  draftQuote,
  offerRows,
  quotedGoodsOf,
  type RowPacket,
  RowSeller,
  RowVerifier,
  rankCandidates,
  signQuote,
  verifyQuote,
} from '../src/index.ts'

const ROWS = 262_144
const ROW_BYTES = 100

function secondsOf(action: () => void): number {
  const start = performance.now()
  action()
  return (performance.now() - start) / 1_000
}

function print(name: string, value: number, unit: string, ceiling: number): void {
  console.log(
    JSON.stringify({
      name,
      value: Math.round(value),
      unit,
      ceiling: Math.round(ceiling),
      ratio: Number((value / ceiling).toFixed(3)),
    }),
  )
}

if (process.argv.includes('--native')) {
  const { installNativeProviders } = (await import('../../native/src/index.ts')) as {
    installNativeProviders: () => unknown
  }
  console.log(JSON.stringify({ name: 'providers', value: installNativeProviders() }))
}

const rows = Array.from({ length: ROWS }, (_, i) => utf8(`${i},`.padEnd(ROW_BYTES, 'x')))
const forSale = offerRows(rows)
const key = new Ed25519KeyPair(sha256(utf8('bench')))
const provider = addressOf(key.publicKey)
const frame = asHash(sha256(utf8('frame')))
const descriptor = draftDescriptor(
  { kind: 'api', method: 'GET', path: '/', responseMedia: 'text/csv' },
  { frame, provider, price: 1n, now: 0n, endpoints: [{ name: 'https', url: 'https://a.example' }] },
)
const quote = draftQuote(
  { ...descriptor, pricing: { ...descriptor.pricing, unit: 'row' } },
  {
    buyer: provider,
    resource: 'file',
    quantity: BigInt(ROWS),
    goods: quotedGoodsOf(forSale),
    utilisationPpm: 0,
    now: 0n,
    lifetimeSeconds: 60n,
    creditWindow: 128,
    nonce: new Uint8Array(16),
  },
)

// Ceiling: what any verifier must compute, a leaf hash and a node hash per row.
const [left, right] = [merkleLeafHash(utf8('a')), merkleLeafHash(utf8('b'))]
const hashing = () => {
  for (const row of rows) {
    merkleLeafHash(row)
    merkleNodeHash(left, right)
  }
}
hashing()
const ceiling = ROWS / Math.min(secondsOf(hashing), secondsOf(hashing), secondsOf(hashing))

for (const rowsMax of [1, 8, 64]) {
  const packets: RowPacket[] = []
  const seller = new RowSeller(forSale.tree, rows, { first: 0, end: ROWS }, rowsMax)
  const selling = secondsOf(() => {
    for (let packet = seller.next(); packet !== undefined; packet = seller.next()) packets.push(packet)
  })
  const verifying = Math.min(
    ...[1, 2, 3].map(() => {
      const verifier = new RowVerifier(quote, { rowsMax })
      return secondsOf(() => {
        for (const packet of packets) verifier.accept(packet)
      })
    }),
  )
  const proofBytes = packets.reduce((sum, { proof }) => sum + 32 * proof.length, 0)
  print(`rows proven, packets of ${rowsMax}`, ROWS / selling, 'rows/s', ceiling)
  print(`rows verified, packets of ${rowsMax}`, ROWS / verifying, 'rows/s', ceiling)
  console.log(
    JSON.stringify({
      name: `proof bytes per row, packets of ${rowsMax}`,
      value: Number((proofBytes / ROWS).toFixed(2)),
      unit: 'bytes',
      ceiling: 32 * Math.log2(ROWS),
      ratio: Number((proofBytes / ROWS / (32 * Math.log2(ROWS))).toFixed(3)),
    }),
  )
}

const RECORDS = 2_000
const signed = await signQuote(
  { ...quote, unit: 'request', goods: undefined, descriptor: descriptorDigest(descriptor) },
  key,
)
const expected = {
  frame,
  descriptor,
  descriptorDigest: descriptorDigest(descriptor),
  buyer: provider,
  resource: 'file',
  quantity: BigInt(ROWS),
  unitPriceMax: 1n,
  totalMax: BigInt(ROWS),
  creditWindowMax: 128,
  goodsRequired: false,
  now: 1n,
}
const message = sha256(utf8('message'))
const signature = key.sign(message)
const signatures =
  RECORDS /
  secondsOf(() => {
    for (let i = 0; i < RECORDS; i++) ed25519.verify(signature, message, key.publicKey)
  })
print(
  'quotes verified',
  RECORDS /
    secondsOf(() => {
      for (let i = 0; i < RECORDS; i++) verifyQuote(signed, expected)
    }),
  'quotes/s',
  signatures,
)

const candidates: Candidate[] = Array.from({ length: 1_000 }, (_, i) => ({
  provider: addressOf(sha256(utf8(`provider ${i}`))),
  taskCost: BigInt((i * 7919) % 1_000),
  latencyMs: (i * 104_729) % 200,
  reputationPpm: 500_000,
  priceAgeMs: i,
}))
const rank = () =>
  rankCandidates(
    candidates,
    { latencyCeilingMs: 200, taskCostMax: 1_000n, reputationMinPpm: 0 },
    { remaining: 100_000n, initial: 100_000n, tasksRemaining: 10n, deadlinePressurePpm: 0 },
  )
rank()
const RANKINGS = 50
const rate =
  (RANKINGS * candidates.length) /
  secondsOf(() => {
    for (let i = 0; i < RANKINGS; i++) rank()
  })
console.log(
  JSON.stringify({
    name: 'candidates ranked',
    value: Math.round(rate),
    unit: 'candidates/s',
    ceiling: null,
    ratio: null,
  }),
)
