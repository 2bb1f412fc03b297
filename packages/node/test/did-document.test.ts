import { formatAddress, formatDid } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { alice, bob, sign, startNode, submit } from './frame.ts'

describe('DID documents', () => {
  it('show keys in force and services', async () => {
    const node = await startNode()
    const did = formatDid(alice.address)
    const missing = await fetch(`${node.url}/did/${did}`)
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ code: 'IDENTITY_UNKNOWN' })
    const services = [{ name: 'rows', endpoint: 'https://rows.example/v1' }]
    const channelKey = bob.keys.publicKey
    const profile = { capabilities: ['data.rows'], services, channelKey }
    const controller = bob.address
    await submit(
      node,
      sign(alice, 0n, { kind: 'identity.register', body: { profile, bond: 10n ** 9n, controller } }),
    )
    const response = await fetch(`${node.url}/did/${encodeURIComponent(did)}`)
    expect(response.headers.get('content-type')).toBe('application/did+json')
    const document = (await response.json()) as { verificationMethod: { publicKeyMultibase: string }[] }
    expect(document).toMatchObject({
      id: did,
      controller: `did:symbolon:${formatAddress(bob.address)}`,
      authentication: [`${did}#key-0`],
      assertionMethod: [`${did}#key-0`],
      verificationMethod: [{ id: `${did}#key-0` }, { id: `${did}#channel` }],
      service: [{ id: `${did}#rows`, serviceEndpoint: 'https://rows.example/v1' }],
    })
    // base58btc of the multicodec prefix ed01 always begins with z6Mk.
    expect(document.verificationMethod[0]?.publicKeyMultibase).toMatch(/^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)
    const previous = { capabilities: profile.capabilities }
    const deactivate = { subject: alice.address, version: 1n, previous }
    const { receipt } = await submit(node, sign(alice, 1n, { kind: 'identity.deactivate', body: deactivate }))
    const gone = await fetch(`${node.url}/did/${did}`)
    expect(receipt?.code).toBe('OK')
    expect(gone.status).toBe(410)
    expect(await gone.json()).toMatchObject({ code: 'IDENTITY_DEACTIVATED' })
  })
})
