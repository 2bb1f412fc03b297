/** What the three processes agree on: one frame, fixed keys, one file for sale. First argument: the folder of the run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installNativeProviders } from '@symbolon/native'
import { SoleValidator } from '@symbolon/node'
import { type Address, addressOf, BASE_UNITS_PER_UNIT, bls, Ed25519KeyPair, vrf } from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, type Genesis } from '@symbolon/protocol'
import { FrameClient } from '@symbolon/sdk'

installNativeProviders()

/** Rows of one purchase, and base units for each. */
export const ROWS = 400
export const PRICE = 1_000_000n

export function seed(name: string): Uint8Array {
  const bytes = new Uint8Array(32)
  new TextEncoder().encodeInto(name, bytes)
  bytes[31] = 0x5a
  return bytes
}

export const addressFor = (name: string): Address =>
  addressOf(new Ed25519KeyPair(seed(`${name}/account`)).publicKey)

export const VALIDATOR = {
  address: addressFor('validator'),
  vote: bls.generateKeyPair(seed('validator/vote')),
  vrf: vrf.generateKeyPair(seed('validator/vrf')),
}

export const GENESIS: Genesis = {
  name: 'crash',
  salt: seed('crash'),
  parameters: { ...DEFAULT_PARAMETERS, challengePeriod: 50n, challengeExtension: 2n },
  validators: [new SoleValidator(VALIDATOR).entry(1_000n * BASE_UNITS_PER_UNIT)],
  allocations: ['seller', 'buyer', 'principal'].map((name) => ({
    address: addressFor(name),
    amount: 1_000_000n * BASE_UNITS_PER_UNIT,
  })),
}

export function rowsOfFile(): string[] {
  return Array.from({ length: ROWS }, (_, i) => `${i},${(i * 7919) % 104729}`)
}

export const directory = process.argv[2] ?? ''

/** Address files appear once their process listens; they outlive it, and its next life listens there again. */
export function addressOfProcess(name: string, folder = directory): string | undefined {
  try {
    return readFileSync(join(folder, `${name}.url`), 'utf8') || undefined
  } catch {
    return undefined
  }
}

/** Tries until the node answers: it may be between two lives. */
export async function connect(): Promise<FrameClient> {
  for (;;) {
    try {
      const url = addressOfProcess('node')
      if (url !== undefined) return await FrameClient.connect({ url })
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
