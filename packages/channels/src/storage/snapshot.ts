/** A snapshot is a list of records, each after its length in 32 bits, big-endian. */
export function joinSnapshot(records: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(records.reduce((sum, { length }) => sum + 4 + length, 0))
  const view = new DataView(joined.buffer)
  let at = 0
  for (const record of records) {
    view.setUint32(at, record.length)
    joined.set(record, at + 4)
    at += 4 + record.length
  }
  return joined
}

export function* splitSnapshot(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at)
    yield bytes.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
}
