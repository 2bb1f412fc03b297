/**
 * What the store alone costs: blocks of 1,000 single transfers between random accounts, executed and signed beforehand,
 * committed durably one after another, beside the disk's own write + fdatasync of as many bytes, turn by turn.
 *
 *   node packages/store/bench/commit.bench.ts [directory] [blocks] [accounts]
 *
 * CPU is that of the main thread (process.threadCpuUsage) in `append` and in the state batches that start after it; the
 * ledger's commit is in it and is also measured alone.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  genesisSeed,
  inlineExecutor,
  Ledger,
  MemoryFlatState,
  type ProposedBlock,
  TransactionCandidate,
} from '@symbolon/ledger'
import { type Address, addressOf, sha256, utf8 } from '@symbolon/primitives'
import { FrameStore } from '../src/index.ts'
import { certify, genesisOf, proposer } from '../test/frame/frame.ts'

const BLOCK_TRANSFERS = 1_000
const parent = process.argv[2] ?? tmpdir()
const blocks = Number(process.argv[3] ?? 60)
const accounts = Number(process.argv[4] ?? 10_000)

// Signatures cost ten times what is measured here and are the ledger's business: this verifier believes the sender.
const verifier = {
  async verify(candidates: readonly TransactionCandidate[]): Promise<void> {
    for (const candidate of candidates) candidate.signaturesValid = true
  },
  async close(): Promise<void> {},
}

const publicKeys = Array.from({ length: accounts }, (_, index) => sha256(utf8(`account ${index}`)))
const addresses: Address[] = publicKeys.map((key) => addressOf(key))
const genesis = genesisOf(addresses.map((address) => ({ address }) as never))
const nonces = new Array<bigint>(accounts).fill(0n)

function candidates(frame: Ledger['frame']): TransactionCandidate[] {
  return Array.from({ length: BLOCK_TRANSFERS }, () => {
    const from = Math.floor(Math.random() * accounts)
    const nonce = nonces[from] as bigint
    nonces[from] = nonce + 1n
    return TransactionCandidate.of({
      body: {
        frame,
        sender: addresses[from] as Address,
        nonce,
        fee: 1_000_000n,
        gasLimit: 1_000_000n,
        validUntil: 1_000_000n,
        payload: {
          kind: 'accounts.transfer',
          body: { to: addresses[Math.floor(Math.random() * accounts)] as Address, amount: 1n },
        },
      },
      signatures: [{ publicKey: publicKeys[from] as Uint8Array, signature: new Uint8Array(64).fill(1) }],
    })
  })
}

const thread = process as typeof process & { threadCpuUsage(): { user: number; system: number } }
const cpu = (): number => {
  const { user, system } = thread.threadCpuUsage()
  return user + system
}

const directory = mkdtempSync(join(parent, 'symbolon-commit-'))
const raw = openSync(join(directory, 'raw'), 'w')
try {
  const store = await FrameStore.open({
    directory: join(directory, 'frame'),
    genesis,
    verifier,
    executor: inlineExecutor,
  })
  await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
  const alone = Ledger.create({ genesis, state: new MemoryFlatState(), verifier })
  let bytes = 0
  const times: number[] = []
  const raws: number[] = []
  let cpuStore = 0
  let cpuAppend = 0
  let cpuCommit = 0
  for (let i = 0; i < blocks; i++) {
    const proposal = {
      transactions: candidates(store.ledger.frame),
      proposer: proposer.address,
      timestamp: BigInt(i),
      height: store.ledger.height + 1n,
      round: 0,
      seed: genesisSeed(store.ledger.frame),
      vrfProof: new Uint8Array(80),
    }
    const block: ProposedBlock = await store.ledger.propose(proposal)
    const copy = await alone.propose(proposal)
    if (block.skipped.length > 0) throw new Error(block.skipped[0]?.message)
    const checkpoint = certify(block)
    const isWarm = i >= blocks / 4
    const [cpuBefore, before] = [cpu(), performance.now()]
    await store.append(block, checkpoint)
    const acknowledged = performance.now()
    const cpuAcknowledged = cpu()
    // State gathers over blocks, as it does in a node; what is left is charged to the last block. The pause is the indexing.
    if (i === blocks - 1) await store.settled()
    else await new Promise((resolve) => setTimeout(resolve, 0))
    if (isWarm) {
      cpuStore += cpu() - cpuBefore
      cpuAppend += cpuAcknowledged - cpuBefore
      times.push(acknowledged - before)
    }
    const commitBefore = cpu()
    alone.commit(copy)
    if (isWarm) cpuCommit += cpu() - commitBefore

    const record = Buffer.alloc(store.block(block.header.height)?.recordBytes ?? 0, i)
    const rawBefore = performance.now()
    writeSync(raw, record)
    fdatasyncSync(raw)
    if (isWarm) raws.push(performance.now() - rawBefore)
    bytes = record.length
  }
  await store.close()
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0
  const measured = times.length * BLOCK_TRANSFERS
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1_000
  console.log(`blocks of ${BLOCK_TRANSFERS} transfers, ${accounts} accounts, ${bytes} bytes of log per block`)
  console.log(
    `acknowledged          ${Math.round(measured / seconds)} transfers/s, p50 ${median(times).toFixed(2)} ms per block`,
  )
  console.log(
    `raw write + fdatasync p50 ${median(raws).toFixed(2)} ms; share of the limit ${(median(raws) / median(times)).toFixed(2)}`,
  )
  console.log(
    `main-thread CPU       ${(cpuStore / measured).toFixed(2)} us per transfer: ${(cpuAppend / measured).toFixed(2)} until acknowledged (the ledger's commit ${(cpuCommit / measured).toFixed(2)}), the rest state and indexes`,
  )
} finally {
  closeSync(raw)
  rmSync(directory, { recursive: true, force: true })
}
