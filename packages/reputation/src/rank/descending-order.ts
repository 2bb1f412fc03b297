/** Sorting numbers of nodes by a value each, without a comparator: radix over the bits, 16 at a time. O(n), stable. */

/** Nodes by falling value, equal values by rising number; NaN is not allowed. */
export function descendingOrder(values: Float64Array): Uint32Array {
  const size = values.length
  const copy = Float64Array.from(values, (value) => value + 0)
  const halves = new Uint32Array(copy.buffer)
  // Bits of a double ascend with it once negative ones are inverted and the sign is flipped; inverted once more, they descend.
  const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  const [low, high] = littleEndian ? [0, 1] : [1, 0]
  for (let i = 0; i < size; i++) {
    const sign = (halves[2 * i + high] as number) >>> 31
    if (sign === 1) continue
    halves[2 * i + high] = ~(halves[2 * i + high] as number) ^ 0x80000000
    halves[2 * i + low] = ~(halves[2 * i + low] as number)
  }
  let order = Uint32Array.from({ length: size }, (_, i) => i)
  let next = new Uint32Array(size)
  for (const [half, shift] of [
    [low, 0],
    [low, 16],
    [high, 0],
    [high, 16],
  ] as const) {
    const counts = new Uint32Array(0x10001)
    for (let i = 0; i < size; i++) {
      const key = (((halves[2 * i + half] as number) >>> shift) & 0xffff) + 1
      counts[key] = (counts[key] as number) + 1
    }
    for (let key = 0; key < 0x10000; key++)
      counts[key + 1] = (counts[key + 1] as number) + (counts[key] as number)
    for (let i = 0; i < size; i++) {
      const node = order[i] as number
      const key = ((halves[2 * node + half] as number) >>> shift) & 0xffff
      next[counts[key] as number] = node
      counts[key] = (counts[key] as number) + 1
    }
    ;[order, next] = [next, order]
  }
  return order
}
