/** Ascending UTF-8 bytes. UTF-16 order is the same wherever no surrogate occurs, which is nearly every file. */
const ENCODER = new TextEncoder()

function compareBytes(a: string, b: string): number {
  const x = ENCODER.encode(a)
  const y = ENCODER.encode(b)
  const shared = Math.min(x.length, y.length)
  for (let i = 0; i < shared; i++) {
    const difference = (x[i] as number) - (y[i] as number)
    if (difference !== 0) return difference
  }
  return x.length - y.length
}

export function ascendingIds(ids: Iterable<string>): string[] {
  const all = [...ids]
  return all.some((id) => /[\ud800-\uffff]/.test(id)) ? all.sort(compareBytes) : all.sort()
}
