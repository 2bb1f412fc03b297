/** Where something stands in the log: height and index in the block, in eight bytes. */

/** Height as u40 and index as u24, big-endian: a thousand blocks per second for thirty years. */
export const PLACE_BYTES = 8

export interface Place {
  readonly height: bigint
  readonly index: number
}

export function setPlace(view: DataView, at: number, height: bigint, index: number): void {
  const number = Number(height)
  view.setUint32(at, Math.floor(number / 256))
  view.setUint32(at + 4, ((number & 255) << 24) | index)
}

export function placeOf(bytes: Uint8Array): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PLACE_BYTES)
  const low = view.getUint32(4)
  return { height: BigInt(view.getUint32(0) * 256 + (low >>> 24)), index: low & 0xffffff }
}
