/** The record that belongs at a position: content and length follow from the position, so any mix-up shows. */
export function recordAt(position: number): Buffer {
  return Buffer.from(`${position};`.repeat(1 + ((position * 7919) % 97)))
}
