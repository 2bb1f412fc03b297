/**
 * A seeded generator for experiments: samples, splits, attacks, start vectors. Never for keys. xoshiro128** (Blackman and
 * Vigna 2018), seeded by SplitMix32; same seed, same sequence on every machine.
 */
export interface Random {
  /** A whole number in 0 … 2³² − 1. */
  uint32(): number
  /** In [0, 1), 53 bits. */
  next(): number
  /** A whole number in 0 … bound − 1, unbiased; `bound` in 1 … 2³². */
  below(bound: number): number
  /** Fisher–Yates, in place. */
  shuffle<T>(values: T[]): T[]
  /** Standard normal (Marsaglia's polar method). */
  normal(): number
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

export function seeded(seed: number): Random {
  let mixed = seed >>> 0
  const splitMix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0
    let z = mixed
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let [a, b, c, d] = [splitMix(), splitMix(), splitMix(), splitMix()]
  const uint32 = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  const next = (): number => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992
  const below = (bound: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % bound)
    for (;;) {
      const value = uint32()
      if (value < limit) return value % bound
    }
  }
  return {
    uint32,
    next,
    below,
    shuffle: (values) => {
      for (let i = values.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const held = values[i] as (typeof values)[number]
        values[i] = values[j] as (typeof values)[number]
        values[j] = held
      }
      return values
    },
    normal: () => {
      for (;;) {
        const x = 2 * next() - 1
        const y = 2 * next() - 1
        const s = x * x + y * y
        if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s)
      }
    },
  }
}
