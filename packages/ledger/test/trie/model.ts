/**
 * The trie by its definition, recursively and without any shared code: split the keys by their first differing bit, hash as
 * the comment at the top of the protocol's trie-proof.ts says. Slow and obviously right.
 */
import { createHash } from 'node:crypto'

const hash = (...parts: Uint8Array[]): Uint8Array => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return new Uint8Array(digest.digest())
}

function tag(letter: string, bit: number): Uint8Array {
  const bytes = Buffer.alloc(32)
  bytes.write(letter, 0)
  bytes.writeUInt32BE(bit, 28)
  return bytes
}

const bitsOf = (key: Uint8Array): string => [...key].map((byte) => byte.toString(2).padStart(8, '0')).join('')

export function modelRoot(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Uint8Array {
  const keyed = entries.map(([key, value]) => ({ bits: bitsOf(key), key, value }))
  const root = (within: typeof keyed, bit: number): Uint8Array => {
    const [first] = within
    if (first === undefined) return new Uint8Array(32)
    if (within.length === 1) return hash(hash(hash(first.key), hash(first.value)), tag('L', 0))
    const zeros = within.filter((one) => one.bits[bit] === '0')
    const ones = within.filter((one) => one.bits[bit] === '1')
    if (zeros.length === 0 || ones.length === 0) return root(within, bit + 1)
    return hash(hash(root(zeros, bit + 1), root(ones, bit + 1)), tag('B', bit))
  }
  return root(keyed, 0)
}
