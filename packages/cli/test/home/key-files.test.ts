import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addressOfSeed,
  agentLabel,
  agentSecret,
  newAgentSeeds,
  readAgentSeeds,
  readValidatorKeys,
  VALIDATOR_LABEL,
  validatorKeys,
  writeKeyFile,
} from '../../src/home/key-files.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'symbolon-keys-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('key files', () => {
  it('give back the seeds that were put in, and hold none of them in the clear', () => {
    const path = join(directory, 'keys', 'ann.json')
    const seeds = newAgentSeeds()
    const address = addressOfSeed(seeds.account)
    const secret = agentSecret(seeds)
    writeKeyFile({ path, label: agentLabel('ann'), secret, password: 'pw' })
    expect(secret.every((byte) => byte === 0)).toBe(true)
    expect(readFileSync(path, 'utf8')).not.toContain(Buffer.from(seeds.account).toString('hex'))
    const read = readAgentSeeds(path, 'ann', 'pw')
    expect(read).toEqual(seeds)
    expect(addressOfSeed(read.account)).toEqual(address)
  })

  it('are not overwritten, and a lost one is named', () => {
    const path = join(directory, 'ann.json')
    const write = () =>
      writeKeyFile({ path, label: agentLabel('ann'), secret: agentSecret(newAgentSeeds()), password: 'pw' })
    write()
    const before = readFileSync(path)
    expect(write).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }))
    expect(readFileSync(path)).toEqual(before)
    expect(() => readAgentSeeds(join(directory, 'bob.json'), 'bob', 'pw')).toThrow(
      expect.objectContaining({ code: 'KEY_MISSING' }),
    )
  })

  it('cannot pass for those of another agent, or of a validator', () => {
    const path = join(directory, 'ann.json')
    writeKeyFile({ path, label: agentLabel('ann'), secret: agentSecret(newAgentSeeds()), password: 'pw' })
    renameSync(path, join(directory, 'bob.json'))
    const read = (run: () => unknown) => expect(run).toThrow(expect.objectContaining({ code: 'KEY_KIND' }))
    read(() => readAgentSeeds(join(directory, 'bob.json'), 'bob', 'pw'))
    read(() => readValidatorKeys(join(directory, 'bob.json'), 'pw'))
    const text = readFileSync(join(directory, 'bob.json'), 'utf8')
    writeFileSync(join(directory, 'bob.json'), text.replace('agent ann', 'agent bob'))
    expect(() => readAgentSeeds(join(directory, 'bob.json'), 'bob', 'pw')).toThrow(
      expect.objectContaining({ code: 'KEY_STORE_UNLOCK_FAILED' }),
    )
  })

  it('hold three independent keys of a validator', () => {
    const secret = crypto.getRandomValues(new Uint8Array(96))
    const made = validatorKeys(secret.slice())
    const path = join(directory, 'validator.json')
    writeKeyFile({ path, label: VALIDATOR_LABEL, secret, password: 'pw' })
    const read = readValidatorKeys(path, 'pw')
    expect(read.address).toEqual(made.address)
    expect(read.vote.publicKey).toEqual(made.vote.publicKey)
    expect(read.vrf.publicKey).toEqual(made.vrf.publicKey)
  })
})
