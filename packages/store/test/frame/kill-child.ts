/** The process that gets killed: opens the folder, produces blocks of eight transfers, and prints each that append resolved for. */
import { writeSync } from 'node:fs'
import { toHex } from '@symbolon/primitives'
import { FrameStore } from '../../src/index.ts'
import { ACTORS, type Actor, certify, genesisOf, pay, propose } from './frame.ts'

writeSync(1, 'opening\n')
const store = await FrameStore.open({ directory: process.argv[2] ?? '', genesis: genesisOf() })
const { ledger } = store
if (store.height < 0n) await store.append(ledger.genesisBlock, certify(ledger.genesisBlock))
writeSync(1, `0 ${toHex(ledger.genesisBlock.hash)}\n`)
for (;;) {
  // Every actor pays once in every block, so its nonce is the height.
  const transfers = ACTORS.map((from, index) =>
    pay(ledger.frame, from, ledger.height, ACTORS[(index + 1) % ACTORS.length] as Actor, 3n),
  )
  const block = await propose(ledger, transfers)
  if (block.skipped.length > 0) throw new Error(block.skipped[0]?.message)
  await Promise.all(
    (['prevote', 'precommit'] as const).map((phase) =>
      store.recordVote({
        height: block.header.height,
        epoch: 0n,
        round: 0,
        phase,
        block: block.hash,
        validRound: 0,
      }),
    ),
  )
  await store.append(block, certify(block))
  writeSync(1, `${block.header.height} ${toHex(block.hash)}\n`)
}
