/** A key with its new value, or with `undefined` where it is deleted. */
export interface Change {
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}
