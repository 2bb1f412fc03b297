/** Ed25519 keys as DID documents write them: multicodec 0xed01, base58btc, prefix z (https://w3id.org/security/multikey). */
import { concat } from '@symbolon/primitives'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const MULTICODEC_ED25519 = Uint8Array.of(0xed, 0x01)

export function multibaseEd25519(publicKey: Uint8Array): string {
  // The multicodec prefix is not zero, so there are no leading zero bytes to spell out.
  let value = BigInt(`0x${Buffer.from(concat(MULTICODEC_ED25519, publicKey)).toString('hex')}`)
  let digits = ''
  for (; value > 0n; value /= 58n) digits = ALPHABET[Number(value % 58n)] + digits
  return `z${digits}`
}
