import { utf8 } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  type Descriptor,
  descriptorDigest,
  descriptorForm,
  draftDescriptor,
  encodeSigned,
  type SignedDescriptor,
  signDescriptor,
  verifyDescriptor,
} from '../src/index.ts'
import {
  altered,
  codeOf,
  codeOfAsync,
  descriptor,
  frame,
  NOW,
  provider,
  providerKey,
  strangerKey,
} from './fixture.ts'

const trust = { frame, now: NOW }
const terms = {
  frame,
  provider,
  price: 1_000n,
  now: NOW,
  endpoints: [{ name: 'https', url: 'https://a.example/' }],
}
const file = (content: string, format: 'csv' | 'ndjson' = 'csv') =>
  ({ kind: 'file', name: 'data', format, content: utf8(content) }) as const

describe('a descriptor', () => {
  it('verifies to its digest and fits a directory', async () => {
    const signed = await signDescriptor(descriptor, providerKey)
    expect(verifyDescriptor(signed, trust)).toEqual(descriptorDigest(descriptor))
    expect(encodeSigned(descriptorForm, signed).length).toBeLessThan(1_024)
  })

  it('breaks when any field is changed by whoever relays it (CD-9)', async () => {
    const signed = await signDescriptor(descriptor, providerKey)
    for (const field of Object.keys(descriptor) as (keyof Descriptor)[]) {
      const forged = {
        ...signed,
        body: { ...descriptor, [field]: altered(descriptor[field]) },
      } as SignedDescriptor
      expect(
        codeOf(() => verifyDescriptor(forged, trust)),
        field,
      ).toMatch(/^(RECORD|SCHEMA|PRICING|ADDRESS)_/)
    }
  })

  it('is stale after its own age and after the reader’s cutoff of 15 minutes (FR-6)', async () => {
    const signed = await signDescriptor({ ...descriptor, published: NOW, ageMax: 3_600 }, providerKey)
    const at = (now: bigint, ageMax?: bigint) =>
      codeOf(() => verifyDescriptor(signed, { frame, now, ...(ageMax === undefined ? {} : { ageMax }) }))
    expect(at(NOW + 900n)).toBeUndefined()
    expect(at(NOW + 901n)).toBe('DESCRIPTOR_STALE')
    expect(at(NOW + 3_600n, 86_400n)).toBeUndefined()
    expect(at(NOW + 3_601n, 86_400n)).toBe('DESCRIPTOR_STALE')
  })

  it('over 10 KB is not published (CD-10)', async () => {
    const long = 'x'.repeat(64)
    const columns = Array.from({ length: 64 }, (_, i) => ({
      name: `${i}${long}`.slice(0, 64),
      type: 'text' as const,
    }))
    const instructionSets = Array.from({ length: 16 }, () => long)
    const zones = {
      partitions: instructionSets.map((scenario) => ({ scenario, uptimePpm: 1 })),
      sovereignty: instructionSets,
    }
    const endpoints = Array.from({ length: 8 }, () => ({ name: 'a', url: `https://${'y'.repeat(248)}` }))
    const body: Descriptor = {
      ...descriptor,
      resource: { kind: 'data', body: { name: long, format: 'csv', columns, rowCount: 1, rowBytesMax: 1 } },
      capability: 'c'.repeat(64),
      domain: 'd'.repeat(128),
      serviceLevel: { ...descriptor.serviceLevel, region: long, disputeReference: 'x'.repeat(256) },
      degraded: zones,
      endpoints,
      credentialTypes: instructionSets,
    }
    expect(await codeOfAsync(() => signDescriptor(body, providerKey))).toBe('DESCRIPTOR_TOO_LARGE')
  })

  it('of 14 registry answers, 3 without a valid signature are purged and 11 stay (example 7)', async () => {
    const answers = await Promise.all(
      Array.from({ length: 14 }, async (_, i) =>
        signDescriptor(
          { ...descriptor, version: BigInt(i) },
          i % 5 === 4 || i === 0 ? strangerKey : providerKey,
        ),
      ),
    )
    expect(
      answers.filter((signed) => codeOf(() => verifyDescriptor(signed, trust)) === undefined),
    ).toHaveLength(11)
  })

  it('of compute tells hardware apart that a flat tag would not (CD-13)', async () => {
    const compute = (gpuFamily: string, vramGigabytes: number): Descriptor => ({
      ...descriptor,
      capability: 'compute.inference',
      resource: {
        kind: 'compute',
        body: {
          gpuFamily,
          vramGigabytes,
          instructionSets: ['bf16'],
          modes: ['streaming'],
          models: ['llama-70b-fp16'],
        },
      },
      pricing: { unit: 'token', base: 2n, segments: [], auction: false },
    })
    const offers = await Promise.all(
      [compute('v100', 32), compute('a100', 80)].map((body) => signDescriptor(body, providerKey)),
    )
    const fit = offers.filter(
      ({ body: { resource } }) => resource.kind === 'compute' && resource.body.vramGigabytes >= 80,
    )
    expect(fit.map(({ body }) => body.resource.body)).toMatchObject([{ gpuFamily: 'a100' }])
  })
})

describe('a drafted descriptor (CD-12)', () => {
  it('of an HTTP API is publishable as it is', async () => {
    const draft = draftDescriptor(
      {
        kind: 'api',
        method: 'POST',
        path: '/v1/translate',
        requestMedia: 'application/json',
        responseMedia: 'application/json',
      },
      terms,
    )
    expect(draft).toMatchObject({ capability: 'api.request', pricing: { unit: 'request', base: 1_000n } })
    expect(
      codeOf(() =>
        verifyDescriptor(
          { body: draft, publicKey: providerKey.publicKey, signature: new Uint8Array(64) },
          trust,
        ),
      ),
    ).toBe('RECORD_SIGNATURE_INVALID')
    expect(verifyDescriptor(await signDescriptor(draft, providerKey), trust)).toEqual(descriptorDigest(draft))
  })

  it('of a CSV file finds columns, types, rows and the longest row', () => {
    const content =
      'id,name,when,ok,value\r\n1,"Doe, ""J""\nJr",2026-11-21T09:00:00Z,true,1.5\r\n2,Li,2026-11-21,false,-3\n\n'
    expect(draftDescriptor(file(content), terms).resource).toEqual({
      kind: 'data',
      body: {
        name: 'data',
        format: 'csv',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'name', type: 'text' },
          { name: 'when', type: 'timestamp' },
          { name: 'ok', type: 'boolean' },
          { name: 'value', type: 'decimal' },
        ],
        rowCount: 2,
        rowBytesMax: '1,"Doe, ""J""\nJr",2026-11-21T09:00:00Z,true,1.5'.length,
      },
    })
  })

  it('of NDJSON takes the members of all sampled objects', () => {
    const content = '{"id":1,"zip":"08001","tags":["a"]}\n{"id":2.5,"zip":"10115","seen":"2026-01-02"}\n'
    const { resource } = draftDescriptor(file(content, 'ndjson'), terms)
    expect(resource.kind === 'data' && resource.body.columns).toEqual([
      { name: 'id', type: 'decimal' },
      { name: 'zip', type: 'text' },
      { name: 'tags', type: 'json' },
      { name: 'seen', type: 'timestamp' },
    ])
  })

  it('says why a file cannot be described', () => {
    const refused = (content: string, format: 'csv' | 'ndjson' = 'csv') =>
      codeOf(() => draftDescriptor(file(content, format), terms))
    expect(refused('')).toBe('DESCRIPTOR_DRAFT_REFUSED')
    expect(refused('a,b\n1\n')).toBe('DESCRIPTOR_DRAFT_REFUSED')
    expect(refused('a,a\n1,2\n')).toBe('DESCRIPTOR_DRAFT_REFUSED')
    expect(refused('a,b\n"1,2\n')).toBe('GOODS_CSV_MALFORMED')
    expect(refused('a,b\n"1"x,2\n')).toBe('GOODS_CSV_MALFORMED')
    expect(refused('[1]\n', 'ndjson')).toBe('DESCRIPTOR_DRAFT_REFUSED')
    expect(refused('{"a":\n', 'ndjson')).toBe('DESCRIPTOR_DRAFT_REFUSED')
    expect(refused(`a\n${'x'.repeat(65_537)}`)).toBe('GOODS_ROW_TOO_LARGE')
    expect(refused(Array.from({ length: 65 }, (_, i) => `c${i}`).join(','))).toBe('DESCRIPTOR_DRAFT_REFUSED')
  })
})
