/**
 * The same transfer on PostgreSQL as a payment service would write it: accounts with balances, a journal of entries; both
 * rows locked in the order of their numbers (no deadlock), the payer's balance checked, two balances changed, one journal row,
 * one durable commit.
 */
import type { Client, ClientConfig } from 'pg'
import { optionalModule } from '../harness/optional-module.ts'
import { type PostgresServer, PostgresUnavailable } from './server.ts'

const ACCOUNTS = 4_096
const SCHEMA = `
  CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 50);
  CREATE TABLE journal (id bigserial PRIMARY KEY, debit bigint NOT NULL, credit bigint NOT NULL,
                        amount bigint NOT NULL CHECK (amount > 0));
  INSERT INTO account SELECT id, 1000000000000 FROM generate_series(0, ${ACCOUNTS - 1}) AS id;
  CREATE FUNCTION transfer(payer bigint, payee bigint, amount bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM account WHERE id IN (payer, payee) ORDER BY id FOR UPDATE;
    UPDATE account SET balance = balance - amount WHERE id = payer;
    UPDATE account SET balance = balance + amount WHERE id = payee;
    INSERT INTO journal (debit, credit, amount) VALUES (payer, payee, amount);
  END $$;
  CREATE FUNCTION transfer_batch(payer bigint, payees bigint[], amount bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM account WHERE id = payer OR id = ANY (payees) ORDER BY id FOR UPDATE;
    UPDATE account SET balance = balance - amount * cardinality(payees) WHERE id = payer;
    UPDATE account SET balance = balance + amount * times
      FROM (SELECT payee, count(*) AS times FROM unnest(payees) AS payee GROUP BY payee) AS credits WHERE id = payee;
    INSERT INTO journal (debit, credit, amount) SELECT payer, payee, amount FROM unnest(payees) AS payee;
  END $$;
`
const AMOUNT = 1n

export interface Transfer {
  readonly payer: number
  readonly payee: number
}

/** One way to make transfers; each call is one commit. */
export type TransferVariant = 'statements' | 'function'

export class RelationalLedger {
  readonly #clients: readonly Client[]
  #next = 0

  private constructor(clients: readonly Client[]) {
    this.#clients = clients
  }

  /** Throws PostgresUnavailable if the client library is missing. */
  static async open(server: PostgresServer, connections: number): Promise<RelationalLedger> {
    const pg = optionalModule<{ Client: new (config: ClientConfig) => Client }>('pg')
    if (pg === undefined) throw new PostgresUnavailable('the npm package pg is not installed')
    const config = { host: server.socketDirectory, user: server.user, database: 'postgres' }
    const clients = Array.from({ length: connections }, () => new pg.Client(config))
    const ledger = new RelationalLedger(clients)
    try {
      for (const client of clients) await client.connect()
      await clients[0]?.query(SCHEMA)
      await clients[0]?.query('VACUUM ANALYZE account')
      return ledger
    } catch (error) {
      await ledger.close()
      throw error
    }
  }

  /** `count` transfers, each a transaction, by all connections at once. */
  async transfer(variant: TransferVariant, count: number): Promise<void> {
    const run = variant === 'statements' ? byStatements : byFunction
    await this.#spread(count, (client) => run(client, this.#pick()))
  }

  /** `count` transactions of `size` transfers from one account. */
  async transferBatches(count: number, size: number): Promise<void> {
    await this.#spread(count, async (client) => {
      const { payer } = this.#pick()
      const payees = Array.from({ length: size }, () => this.#pick().payee).filter((payee) => payee !== payer)
      await client.query({
        name: 'batch',
        text: 'SELECT transfer_batch($1, $2, $3)',
        values: [payer, payees, AMOUNT],
      })
    })
  }

  /** Rows of the journal, and the sum of all balances: what must have happened, and what must not. */
  async audit(): Promise<{ entries: number; total: bigint }> {
    const result = await this.#clients[0]?.query<{ entries: string; total: string }>(
      'SELECT (SELECT count(*) FROM journal) AS entries, (SELECT sum(balance) FROM account) AS total',
    )
    const [row] = result?.rows ?? []
    return { entries: Number(row?.entries), total: BigInt(row?.total ?? 0) }
  }

  /** The server's settings that a commit's durability rests on. */
  async durability(): Promise<Record<string, string>> {
    const settings: Record<string, string> = {}
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const result = await this.#clients[0]?.query<{ value: string }>('SELECT current_setting($1) AS value', [
        name,
      ])
      settings[name] = result?.rows[0]?.value ?? 'unknown'
    }
    return settings
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()))
  }

  async #spread(count: number, once: (client: Client) => Promise<void>): Promise<void> {
    let left = count
    await Promise.all(
      this.#clients.map(async (client) => {
        while (left-- > 0) await once(client)
      }),
    )
  }

  #pick(): Transfer {
    const at = this.#next++
    const payer = at % ACCOUNTS
    const payee = (at * 1_553 + 7) % ACCOUNTS
    return { payer, payee: payee === payer ? (payee + 1) % ACCOUNTS : payee }
  }
}

/** What an application that knows only SQL sends: six round trips. */
async function byStatements(client: Client, { payer, payee }: Transfer): Promise<void> {
  await client.query('BEGIN')
  await client.query({
    name: 'lock',
    text: 'SELECT balance FROM account WHERE id IN ($1, $2) ORDER BY id FOR UPDATE',
    values: [payer, payee],
  })
  await client.query({
    name: 'debit',
    text: 'UPDATE account SET balance = balance - $2 WHERE id = $1',
    values: [payer, AMOUNT],
  })
  await client.query({
    name: 'credit',
    text: 'UPDATE account SET balance = balance + $2 WHERE id = $1',
    values: [payee, AMOUNT],
  })
  await client.query({
    name: 'journal',
    text: 'INSERT INTO journal (debit, credit, amount) VALUES ($1, $2, $3)',
    values: [payer, payee, AMOUNT],
  })
  await client.query('COMMIT')
}

/** One round trip. */
async function byFunction(client: Client, { payer, payee }: Transfer): Promise<void> {
  await client.query({
    name: 'transfer',
    text: 'SELECT transfer($1, $2, $3)',
    values: [payer, payee, AMOUNT],
  })
}
