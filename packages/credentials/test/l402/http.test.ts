import {
  createHash,
  generateKeyPairSync,
  sign as nodeSign,
  verify as nodeVerify,
  randomBytes,
} from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  attenuate,
  authorizeHeader,
  CredentialBuyer,
  type CredentialRecord,
  CredentialVerifier,
  decodeMacaroon,
  formatChallenge,
  formatPresentation,
  MemoryCounterStore,
  MemoryCredentialStore,
  mintCredential,
  type PaymentOutcome,
  type PurchaseTerms,
  parseChallenge,
  RootKeys,
  signBinding,
  usableCredential,
} from '../../src/index.ts'

/** A paid resource over a real socket, a wallet beside it, and clients that buy, share and steal. */
const PRICE = 50n
const USES = 5
const keys = generateKeyPairSync('ed25519')
const rootKeys = new RootKeys('http-test', new Map([[1, new Uint8Array(randomBytes(32))]]), 1)
const verifier = new CredentialVerifier({ rootKeys, counters: new MemoryCounterStore() })
const parties = {
  frame: 'frame:alpha',
  channel: 'channel-1',
  quote: 'ab'.repeat(32),
  payee: 'provider',
  payer: 'buyer',
}

/** Invoices that were issued, by payment hash; paying one reveals its preimage and moves money. */
const preimages = new Map<string, Uint8Array>()
let paid = 0n
let served = 0
const seconds = () => Math.floor(Date.now() / 1000)

async function challengeFor(resource: string): Promise<string> {
  const preimage = new Uint8Array(randomBytes(32))
  const paymentHash = new Uint8Array(createHash('sha256').update(preimage).digest())
  const hex = Buffer.from(paymentHash).toString('hex')
  preimages.set(hex, preimage)
  const macaroon = mintCredential({
    rootKeys,
    paymentHash,
    nonce: new Uint8Array(randomBytes(16)),
    now: seconds(),
    expiresAt: seconds() + 300,
    caveats: [`endpoint = ${resource}`, `requests_remaining <= ${USES}`],
  })
  const binding = await signBinding(
    { ...parties, paymentHash: hex, price: PRICE, resource, expiresAt: seconds() + 60 },
    (bytes) => new Uint8Array(nodeSign(null, bytes, keys.privateKey)),
  )
  return formatChallenge({ macaroon, invoice: `invoice:${hex}:${PRICE}`, binding })
}

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const endpoint = new URL(request.url ?? '/', 'http://localhost').pathname
    const header = request.headers.authorization
    const context = { now: seconds(), price: 0n, endpoint, method: request.method ?? '' }
    const verdict = header === undefined ? undefined : authorizeHeader(verifier, header, context)
    void Promise.all([verdict, challengeFor(endpoint)]).then(([answer, challenge]) => {
      if (answer?.accepted === true) {
        served++
        response.writeHead(200).end('data')
      } else {
        response.setHeader('WWW-Authenticate', challenge)
        response.writeHead(402).end(answer?.code ?? 'PAYMENT_REQUIRED')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

beforeEach(() => {
  paid = 0n
  served = 0
})

const wallet = {
  pay({ paymentHash, amount }: { paymentHash: Uint8Array; amount: bigint }): Promise<PaymentOutcome> {
    paid += amount
    return Promise.resolve({
      status: 'settled',
      preimage: preimages.get(Buffer.from(paymentHash).toString('hex'))!,
    })
  },
  lookUp: (): Promise<PaymentOutcome> => Promise.resolve({ status: 'unknown' }),
}

function terms(resource: string): PurchaseTerms {
  return {
    now: seconds(),
    amountMax: PRICE,
    decodeInvoice: (invoice) => {
      const [, hash = '', amount = ''] = invoice.split(':')
      return { paymentHash: new Uint8Array(Buffer.from(hash, 'hex')), amount: BigInt(amount) }
    },
    intended: { now: 0, price: 0n, endpoint: resource },
    binding: {
      expected: { ...parties, price: PRICE, resource },
      verify: (bytes, signature) => nodeVerify(null, bytes, keys.publicKey, signature),
    },
  }
}

/** Fetches as a client does: with a stored credential if there is one, buying one on a 402, at most once. */
class Client {
  readonly store = new MemoryCredentialStore(() => Promise.resolve())
  readonly buyer = new CredentialBuyer(this.store, wallet)

  async get(resource: string): Promise<number> {
    let record = await usableCredential(this.store, resource, seconds())
    let response = await this.#send(resource, record)
    if (response.status !== 402) return response.status
    const challenge = parseChallenge(response.headers.get('www-authenticate')!)
    record = await this.buyer.buy(resource, challenge, terms(resource), record?.paymentHash)
    response = await this.#send(resource, record)
    return response.status
  }

  async #send(resource: string, record: CredentialRecord | undefined): Promise<Response> {
    const headers: Record<string, string> =
      record === undefined
        ? {}
        : {
            authorization: formatPresentation({
              macaroon: decodeMacaroon(record.macaroon),
              preimage: record.preimage!,
            }),
          }
    const response = await fetch(origin + resource, { headers })
    await response.text()
    return response
  }
}

describe('a paid resource over HTTP', () => {
  test('is bought once per five uses and served every time', async () => {
    const client = new Client()
    for (let request = 0; request < 12; request++) expect(await client.get('/data')).toBe(200)
    expect(served).toBe(12)
    // 12 requests at 5 uses each take 3 credentials.
    expect(paid).toBe(3n * PRICE)
  })

  test('clients that start together on one store share one purchase', async () => {
    const client = new Client()
    const statuses = await Promise.all(Array.from({ length: USES }, () => client.get('/shared')))
    expect(statuses).toEqual(new Array(USES).fill(200))
    expect(paid).toBe(PRICE)
  })

  test('a narrowed copy serves a helper within its bounds and shares the uses', async () => {
    const client = new Client()
    await client.get('/data')
    const record = (await usableCredential(client.store, '/data', seconds()))!
    const helper = attenuate(decodeMacaroon(record.macaroon), 'method = GET')
    const authorization = formatPresentation({ macaroon: helper, preimage: record.preimage! })
    const send = async (method: string) => {
      const response = await fetch(`${origin}/data`, { method, headers: { authorization } })
      return [response.status, await response.text()]
    }
    expect(await send('POST')).toEqual([402, 'CAVEAT_SCOPE_MISMATCH'])
    for (let use = 2; use <= USES; use++) expect(await send('GET')).toEqual([200, 'data'])
    expect(await send('GET')).toEqual([402, 'CAVEAT_USES_EXHAUSTED'])
  })

  test('a stolen credential opens no other path, and fifty parallel replays get what was paid for', async () => {
    const client = new Client()
    await client.get('/data')
    const record = (await usableCredential(client.store, '/data', seconds()))!
    const authorization = formatPresentation({
      macaroon: decodeMacaroon(record.macaroon),
      preimage: record.preimage!,
    })
    const elsewhere = await fetch(`${origin}/other`, { headers: { authorization } })
    expect([elsewhere.status, await elsewhere.text()]).toEqual([402, 'CAVEAT_SCOPE_MISMATCH'])
    const replays = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await fetch(`${origin}/data`, { headers: { authorization } })
        await response.text()
        return response.status
      }),
    )
    expect(replays.filter((status) => status === 200)).toHaveLength(USES - 1)
  })

  test('an unpaid credential is refused: the macaroon alone proves nothing', async () => {
    const response = await fetch(`${origin}/data`)
    const { macaroon } = parseChallenge(response.headers.get('www-authenticate')!)
    await response.text()
    const authorization = formatPresentation({ macaroon, preimage: new Uint8Array(32) })
    const answer = await fetch(`${origin}/data`, { headers: { authorization } })
    expect([answer.status, await answer.text()]).toEqual([402, 'L402_PREIMAGE_MISMATCH'])
    expect(served).toBe(0)
  })

  test('a challenge relayed from another resource is not paid', async () => {
    const response = await fetch(`${origin}/cheap`)
    await response.text()
    const challenge = parseChallenge(response.headers.get('www-authenticate')!)
    const client = new Client()
    await expect(client.buyer.buy('/data', challenge, terms('/data'))).rejects.toMatchObject({
      code: 'BINDING_RESOURCE_MISMATCH',
    })
    expect(paid).toBe(0n)
  })

  test('an invoice swapped on the way is not paid', async () => {
    const response = await fetch(`${origin}/data`)
    await response.text()
    const challenge = parseChallenge(response.headers.get('www-authenticate')!)
    const swapped = { ...challenge, invoice: `invoice:${'00'.repeat(32)}:1` }
    await expect(new Client().buyer.buy('/data', swapped, terms('/data'))).rejects.toMatchObject({
      code: 'L402_PAYMENT_HASH_MISMATCH',
    })
    expect(paid).toBe(0n)
  })

  test('a price raised on the way is not paid', async () => {
    const response = await fetch(`${origin}/data`)
    await response.text()
    const challenge = parseChallenge(response.headers.get('www-authenticate')!)
    const raised = { ...challenge, invoice: challenge.invoice.replace(/:50$/, ':51') }
    await expect(new Client().buyer.buy('/data', raised, terms('/data'))).rejects.toMatchObject({
      code: 'BINDING_PRICE_MISMATCH',
    })
    expect(paid).toBe(0n)
  })
})
