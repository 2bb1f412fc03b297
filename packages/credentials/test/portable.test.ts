import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeMacaroonText } from '../src/index.ts'
import { mint } from './issuer.ts'

/** Runs the package where there is no Node: no built-in modules, no Buffer, and `process` without a way to them. */
const script = `
  process.getBuiltinModule = undefined
  globalThis.Buffer = undefined
  const { hashEngine } = await import('./src/hmac/engine.ts')
  const { mint, preimage, rootKeys, NOW } = await import('./test/issuer.ts')
  const { CredentialVerifier, authorizeHeader, encodeMacaroonText, formatPresentation } = await import('./src/index.ts')
  const macaroon = mint(['service = a'])
  const header = formatPresentation({ macaroon, preimage })
  const verdict = await authorizeHeader(new CredentialVerifier({ rootKeys }), header, { now: NOW, price: 0n, service: 'a' })
  console.log(hashEngine.name, verdict.accepted, encodeMacaroonText(macaroon))
`

test("without Node's built-ins the portable engine mints and verifies the same bytes", () => {
  const printed = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  })
  expect(printed.trim()).toBe(`portable true ${encodeMacaroonText(mint(['service = a']))}`)
})
