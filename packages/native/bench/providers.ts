/**
 * Operations per second of every provider, each against the portable one measured in the same run.
 * Run: `node packages/native/bench/providers.ts`. About 20 seconds, one core.
 */
import * as nodeCrypto from 'node:crypto'
import {
  blsSecretKeyFromSeed,
  createNodeEd25519Provider,
  createNodeHashProvider,
  MerkleTree,
  nobleBlsProvider,
  nobleEd25519Provider,
  nobleHashProvider,
  portableHashProvider,
} from '@symbolon/primitives'
import {
  type Blst,
  createBlstProvider,
  createHashtreeProvider,
  createSodiumEd25519Provider,
  type Hashtree,
  requireModule,
  type Sodium,
} from '../src/index.ts'

const MILLISECONDS_EACH = 300

/** Operations per second, where one call of `run` does `operations`; the best of three windows, after a warm-up. */
function rate(operations: number, run: () => void): number {
  const warmUp = performance.now()
  while (performance.now() - warmUp < MILLISECONDS_EACH) run()
  let best = 0
  for (let window = 0; window < 3; window++) {
    const start = performance.now()
    let calls = 0
    while (performance.now() - start < MILLISECONDS_EACH) {
      run()
      calls++
    }
    best = Math.max(best, (calls * operations * 1000) / (performance.now() - start))
  }
  return best
}

function compare(title: string, candidates: [string, number, () => void][]): void {
  const rates = candidates.map(([name, operations, run]) => [name, rate(operations, run)] as const)
  const base = rates[0]?.[1] ?? 1
  for (const [name, perSecond] of rates)
    console.log(
      `${title.padEnd(34)} ${name.padEnd(14)} ${Math.round(perSecond).toLocaleString('en').padStart(12)}/s  ${(perSecond / base).toFixed(2)}x`,
    )
}

const hashers = [
  nobleHashProvider,
  portableHashProvider,
  createNodeHashProvider(nodeCrypto),
  createHashtreeProvider(requireModule('@chainsafe/hashtree') as Hashtree),
]
const block = new Uint8Array(64).fill(3)
const [preimage, tag, digest] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2), new Uint8Array(32)]
const [level, parents] = [new Uint8Array(4096 * 64), new Uint8Array(4096 * 32)]
compare(
  'sha256, 64 bytes',
  hashers.map((h) => [
    h.name,
    100,
    () => {
      for (let i = 0; i < 100; i++) h.sha256(block)
    },
  ]),
)
compare(
  'hmacSha256, 64 bytes',
  hashers.map((h) => [
    h.name,
    100,
    () => {
      for (let i = 0; i < 100; i++) h.hmacSha256(preimage, block)
    },
  ]),
)
compare(
  'hashChainWalk, 10,000 steps',
  hashers.map((h) => [h.name, 10_000, () => h.hashChainWalk(preimage, tag, 10_000, digest)]),
)
compare(
  'hashChainWalk, 1 step per call',
  hashers.map((h) => [
    h.name,
    100,
    () => {
      for (let i = 0; i < 100; i++) h.hashChainWalk(preimage, tag, 1, digest)
    },
  ]),
)
compare(
  'sha256Pairs, 4,096 pairs',
  hashers.map((h) => [h.name, 4096, () => h.sha256Pairs(level, parents)]),
)

const message = new Uint8Array(200).fill(9)
const seed = new Uint8Array(32).fill(7)
const signers = [
  nobleEd25519Provider,
  createNodeEd25519Provider(nodeCrypto),
  createSodiumEd25519Provider(requireModule('sodium-native') as Sodium),
].map((provider) => ({ provider, signer: provider.createSigner(seed) }))
const publicKey = signers[0]!.signer.publicKey
const signature = signers[0]!.signer.sign(message)
compare(
  'Ed25519 sign',
  signers.map(({ provider, signer }) => [provider.name, 1, () => signer.sign(message)]),
)
compare(
  'Ed25519 verify',
  signers.map(({ provider }) => [provider.name, 1, () => provider.verify(signature, message, publicKey)]),
)

const secretKey = blsSecretKeyFromSeed(seed)
const voters = [nobleBlsProvider, createBlstProvider(requireModule('@chainsafe/blst') as Blst)].map(
  (provider) => ({
    provider,
    signer: provider.createSigner(secretKey),
  }),
)
const blst = voters[1]!.provider
const committee = Array.from({ length: 100 }, (_, i) =>
  blst.createSigner(blsSecretKeyFromSeed(new Uint8Array(32).fill(i + 1))),
)
const votes = committee.map((voter) => ({ publicKey: voter.publicKey, signature: voter.sign(message) }))
const keys = votes.map((vote) => vote.publicKey)
const certificate = blst.aggregateSignatures(
  votes.map((vote) => vote.signature),
  true,
)
const vote = voters[0]!.signer.sign(message)
compare(
  'BLS sign',
  voters.map(({ provider, signer }) => [provider.name, 1, () => signer.sign(message)]),
)
compare(
  'BLS verify',
  voters.map(({ provider, signer }) => [
    provider.name,
    1,
    () => provider.verify(vote, message, signer.publicKey),
  ]),
)
compare(
  'BLS certificate of 100, known keys',
  voters.map(({ provider }) => [
    provider.name,
    1,
    () => provider.fastAggregateVerify(certificate, message, keys),
  ]),
)
compare('BLS votes verified in batches of 100', [['blst', 100, () => blst.verifySameMessage(message, votes)]])

const rows = Array.from({ length: 100_000 }, (_, i) => new Uint8Array(100).fill(i & 0xff))
const tree = MerkleTree.fromLeaves(rows)
compare('MerkleTree leaves of 100 bytes', [['portable', rows.length, () => MerkleTree.fromLeaves(rows)]])
let index = 0
compare('MerkleTree inclusion proofs', [
  [
    'portable',
    1,
    () => {
      index = (index + 7919) % rows.length
      tree.inclusionProof(index)
    },
  ],
])
