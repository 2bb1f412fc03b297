/**
 * Node's own cryptography, where there is one.
 *
 * This package also runs in browsers, so it must not import `node:crypto`: a bundler would fail on it. Node 22.3
 * and later hand the module out at run time; elsewhere the answer is undefined and the portable code is used.
 */
export type NodeCrypto = typeof import('node:crypto')

export function nodeCrypto(): NodeCrypto | undefined {
  return globalThis.process?.getBuiltinModule?.('node:crypto')
}
