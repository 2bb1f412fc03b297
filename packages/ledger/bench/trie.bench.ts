/**
 * A million accounts: building the trie when a node starts, memory per leaf, and a block of 10,000 changed accounts. Prints JSON
 * lines; the ceilings are what the hashing of 64-byte blocks alone takes, and the bytes that a leaf must hold.
 */
import { sha256, sha256Pairs } from '@symbolon/primitives'
import { installNativeProviders } from '../../native/src/index.ts'
import { Trie } from '../src/index.ts'

const LEAVES = Number(process.env['LEAVES'] ?? 1_000_000)
const CHANGES = 10_000
installNativeProviders()

function report(name: string, value: number, unit: string, ceiling: number): void {
  console.log(
    JSON.stringify({
      name,
      value: Number(value.toFixed(3)),
      unit,
      ceiling: Number(ceiling.toFixed(3)),
      ratio: Number((ceiling / value).toFixed(3)),
    }),
  )
}

const value = new Uint8Array(16)
const entries = Array.from({ length: LEAVES }, (_, i) => {
  const seed = new Uint8Array(4)
  new DataView(seed.buffer).setUint32(0, i)
  const key = new Uint8Array(33)
  key.set(sha256(seed), 1)
  key[0] = 1
  return [key, value] as const
})
entries.sort(([a], [b]) => Buffer.compare(a, b))

const memory = process.memoryUsage().arrayBuffers
let start = process.threadCpuUsage().user
const trie = Trie.fromSorted(33, entries)
const buildMicroseconds = process.threadCpuUsage().user - start
report(
  'trie memory per leaf',
  (process.memoryUsage().arrayBuffers - memory) / LEAVES,
  'bytes',
  33 + 3 * 32 + 32,
)

const hashes = new Uint8Array(64 * 4_096)
const output = new Uint8Array(32 * 4_096)
start = process.threadCpuUsage().user
for (let i = 0; i < 100; i++) sha256Pairs(hashes, output)
const hashMicroseconds = (process.threadCpuUsage().user - start) / (100 * 4_096)
report('trie build per leaf', buildMicroseconds / LEAVES, 'us', hashMicroseconds * 4)

const rounds = 20
let microseconds = 0
for (let round = 0; round < rounds; round++) {
  const changes = Array.from({ length: CHANGES }, (_, i) => ({
    key: entries[(i * 7_919 + round * 104_729) % LEAVES]?.[0] as Uint8Array,
    value: Uint8Array.of(round, i & 255, i >> 8),
  }))
  start = process.threadCpuUsage().user
  trie.commit(trie.stage(changes))
  microseconds += process.threadCpuUsage().user - start
}
const levels = Math.log2(LEAVES) - Math.log2(CHANGES) + 2
report('trie change', microseconds / (rounds * CHANGES), 'us', hashMicroseconds * 2 * (levels + 1))
