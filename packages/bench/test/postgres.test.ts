/** The peer must really do the work that it is compared by. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelationalLedger } from '../src/postgres/ledger.ts'
import { type PostgresServer, PostgresUnavailable, startPostgres } from '../src/postgres/server.ts'

const TIMEOUT_MS = 300_000
const directory = mkdtempSync(join(tmpdir(), 'bench-postgres-'))
chmodSync(directory, 0o711)
let server: PostgresServer | undefined
let reason = ''
try {
  server = await startPostgres(join(directory, 'server'))
} catch (error) {
  if (!(error instanceof PostgresUnavailable)) throw error
  reason = `: ${error.message}`
}

afterAll(async () => {
  await server?.stop()
  rmSync(directory, { recursive: true, force: true })
}, TIMEOUT_MS)

describe.skipIf(server === undefined)(`transfers on PostgreSQL${reason}`, () => {
  let ledger: RelationalLedger

  beforeAll(async () => {
    ledger = await RelationalLedger.open(server as PostgresServer, 4)
  }, TIMEOUT_MS)
  afterAll(() => ledger.close())

  it.each(['statements', 'function'] as const)(
    'by %s: one journal entry each, and no money made',
    async (variant) => {
      const before = await ledger.audit()
      await ledger.transfer(variant, 40)
      const after = await ledger.audit()
      expect(after.entries - before.entries).toBe(40)
      expect(after.total).toBe(before.total)
    },
  )

  it('in batches: one journal entry per transfer, and no money made', async () => {
    const before = await ledger.audit()
    await ledger.transferBatches(3, 20)
    const after = await ledger.audit()
    // A payee that happens to be the payer is left out.
    expect(after.entries - before.entries).toBeLessThanOrEqual(60)
    expect(after.entries - before.entries).toBeGreaterThan(50)
    expect(after.total).toBe(before.total)
  })

  it('stays durable: nothing that a commit waits for is switched off', async () => {
    expect(await ledger.durability()).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
    })
  })
})
