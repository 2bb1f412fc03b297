/**
 * Exponential decay in fixed point: 2^(−age/halfLife) as whole halvings and a share of 2³⁰. The share is the product of the
 * roots 2^(−1/2), 2^(−1/4), … that the binary fraction of age/halfLife names, 24 of them, each an integer square root of 60 bits,
 * truncated. It is within 2⁻²³ of the real power and the same on every machine.
 */
import { portion } from '../fixed/scale.ts'

const BITS = 24
const UNIT = 2n ** 60n

function squareRoot(of: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(of.toString(2).length / 2))
  for (;;) {
    const next = (root + of / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** 2^(−2^−i) for i = 1 … 24, in units of 2⁻⁶⁰. */
const ROOTS: readonly bigint[] = (() => {
  const roots: bigint[] = []
  let root = squareRoot((UNIT * UNIT) / 2n)
  for (let i = 0; i < BITS; i++) {
    roots.push(root)
    root = squareRoot(root * UNIT)
  }
  return roots
})()

/** Ages beyond so many half-lives leave nothing of the largest amount, 2⁴⁴ − 1. */
const HALVINGS_MAX = 44

/** What is left of amounts of one age: ⌊⌊amount · share / 2³⁰⌋ / 2^halvings⌋. A half-life of 0 keeps everything. */
export function decayOf(age: number, halfLife: number): (amount: number) => number {
  if (age <= 0 || halfLife === 0) return (amount) => amount
  const halvings = Math.floor(age / halfLife)
  if (halvings >= HALVINGS_MAX) return () => 0
  const fraction = Math.floor(((age % halfLife) * 2 ** BITS) / halfLife)
  let power = UNIT
  for (let i = 0; i < BITS; i++)
    if ((fraction & (1 << (BITS - 1 - i))) !== 0) power = (power * (ROOTS[i] as bigint)) / UNIT
  const share = Number(power >> 30n)
  const divisor = 2 ** halvings
  return (amount) => Math.floor(portion(amount, share) / divisor)
}

/** `decayOf` for many ages of one half-life: most records of an epoch share a few. */
export function decayAt(epoch: number, halfLife: number): (amount: number, touched: number) => number {
  const known = new Map<number, (amount: number) => number>()
  return (amount, touched) => {
    let left = known.get(touched)
    if (left === undefined) {
      left = decayOf(epoch - touched, halfLife)
      known.set(touched, left)
    }
    return left(amount)
  }
}
