/**
 * A key pair that may be printed, logged or put into JSON: only the public half shows. Subclasses keep their
 * secret in `#private` fields, which neither enumeration, spreading, structured cloning nor inspection reaches.
 */
export abstract class RedactedKeyPair {
  /** The caller's own copy: changing it harms nobody, since signing does not read it. */
  readonly publicKey: Uint8Array

  constructor(publicKey: Uint8Array) {
    this.publicKey = publicKey.slice()
  }

  toJSON(): { publicKey: string; secret: string } {
    return { publicKey: hexOf(this.publicKey), secret: '[redacted]' }
  }

  toString(): string {
    return `${this.constructor.name}(${hexOf(this.publicKey)})`
  }

  /** What Node's `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
