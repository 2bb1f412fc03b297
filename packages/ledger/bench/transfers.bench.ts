/**
 * Transfers end to end, without the disk: decode, identify, verify on two threads, execute, tries, roots, receipts and events.
 * The ceiling is what the same two threads verify in the same run when this thread does nothing else.
 * Prints JSON lines {name, value, unit, ceiling, ratio}.
 */
import { installNativeProviders } from '../../native/src/index.ts'
import {
  createSignaturePool,
  genesisSeed,
  Ledger,
  type SignatureVerifier,
  TransactionCandidate,
} from '../src/index.ts'
import { genesisFor, makeRecipients, makeSenders, makeTransactions } from './workload.ts'

const SENDERS = 2_000
const BLOCK_TRANSACTIONS = Number(process.env['BLOCK'] ?? 2_000)
const SINGLES = Number(process.env['SINGLES'] ?? 60_000)
const BATCHES = Number(process.env['BATCHES'] ?? 4_000)
const TRANSFERS_PER_BATCH = 100

installNativeProviders()
const verifier = createSignaturePool({
  workers: 2,
  installer: {
    module: new URL('../../native/src/index.ts', import.meta.url).href,
    install: 'installNativeProviders',
  },
})
const senders = makeSenders(SENDERS)
const recipients = makeRecipients(senders)
const ledger = Ledger.create({ genesis: genesisFor(recipients), verifier })
const proposer = recipients[0] as (typeof recipients)[number]

function report(name: string, value: number, unit: string, ceiling: number): void {
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

/** CPU time of all threads of this process since `before`, microseconds. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Verifications by the threads alone: per second, and CPU time of each. */
async function measureCeiling(
  of: SignatureVerifier,
  wire: readonly Uint8Array[],
): Promise<{ perSecond: number; processMicroseconds: number }> {
  const candidates = wire.map((bytes) => TransactionCandidate.decode(bytes))
  const start = performance.now()
  const cpu = process.cpuUsage()
  await of.verify(candidates)
  const perSecond = (candidates.length / (performance.now() - start)) * 1_000
  return { perSecond, processMicroseconds: cpuSince(cpu) / candidates.length }
}

/** While the threads verify one block, this thread executes the one before. Returns transactions per second. */
async function run(
  wire: readonly Uint8Array[],
  perBlock: number,
): Promise<{ perSecond: number; cpuMicroseconds: number; processMicroseconds: number }> {
  const start = performance.now()
  const cpu = process.threadCpuUsage()
  const all = process.cpuUsage()
  let before: { candidates: TransactionCandidate[]; verified: Promise<void> } | undefined
  for (let from = 0; from < wire.length; from += perBlock) {
    const candidates = wire.slice(from, from + perBlock).map((bytes) => TransactionCandidate.decode(bytes))
    const verified = ledger.verifySignatures(candidates)
    if (before !== undefined) {
      await before.verified
      await produce(before.candidates)
    }
    before = { candidates, verified }
  }
  await before?.verified
  await produce(before?.candidates ?? [])
  const elapsed = performance.now() - start
  const { user, system } = process.threadCpuUsage(cpu)
  return {
    perSecond: (wire.length / elapsed) * 1_000,
    cpuMicroseconds: (user + system) / wire.length,
    processMicroseconds: cpuSince(all) / wire.length,
  }
}

async function produce(transactions: readonly TransactionCandidate[]): Promise<void> {
  if (transactions.length === 0) return
  const block = await ledger.propose({
    transactions,
    proposer,
    timestamp: ledger.head.timestamp + 1n,
    height: ledger.height + 1n,
    round: 0,
    seed: genesisSeed(ledger.frame),
    vrfProof: new Uint8Array(80),
  })
  const failed = block.skipped[0]?.code ?? block.receipts.find((receipt) => receipt.code !== 'OK')?.code
  if (failed !== undefined) throw new Error(`a transfer failed: ${failed}`)
  ledger.commit(block)
}

await run(makeTransactions(ledger, senders, recipients, SINGLES / 3, 1), BLOCK_TRANSACTIONS) // warms up
const singles = makeTransactions(ledger, senders, recipients, SINGLES, 1)
const batches = makeTransactions(ledger, senders, recipients, BATCHES, TRANSFERS_PER_BATCH)
const ceilings = [await measureCeiling(verifier, singles.slice(0, 20_000))]
const single = await run(singles, BLOCK_TRANSACTIONS)
ceilings.push(await measureCeiling(verifier, singles.slice(0, 20_000)))
const batch = await run(batches, 200)
const ceiling = Math.max(...ceilings.map((one) => one.perSecond))
const ceilingCpu = Math.min(...ceilings.map((one) => one.processMicroseconds))
report('ledger transfers, one per signature', single.perSecond, 'transfers/s', ceiling)
report(
  'ledger transfers, 100 per signature',
  batch.perSecond * TRANSFERS_PER_BATCH,
  'transfers/s',
  single.perSecond,
)
// What other processes take from the machine does not touch this one: the share of all CPU time that verification gets.
report(
  'CPU time per single transfer, all threads',
  ceilingCpu,
  'us of verification',
  single.processMicroseconds,
)
report('main thread per single transfer', single.cpuMicroseconds, 'us', 20)
report('main thread per transfer of a batch', batch.cpuMicroseconds / TRANSFERS_PER_BATCH, 'us', 20)
await ledger.close()
