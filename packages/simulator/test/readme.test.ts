import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ATTACK_KINDS, DEFAULT_ECONOMY, EXPOSURE_POLICY, returnBound } from '../src/index.ts'
import * as limits from '../src/limits.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('the page of the package', () => {
  it('has an example that runs as it is printed', () => {
    const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
      cwd: root,
      encoding: 'utf8',
    })
    const lines = output.trim().split('\n')
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'ring exposure',
      'ring bands',
      'sleeper exposure',
      'sleeper bands',
    ])
    expect(lines[0]).toBe('ring exposure true')
    expect(lines[2]).toBe('sleeper exposure true')
  })

  it('names every error code, attack and price', () => {
    const source = readFileSync(join(root, 'src/errors.ts'), 'utf8')
    const codes = [...source.matchAll(/\| '([A-Z_]+)'/g)].map((match) => match[1] ?? '')
    expect(codes).toHaveLength(3)
    for (const name of [...codes, ...ATTACK_KINDS, ...Object.keys(DEFAULT_ECONOMY)])
      expect(readme).toContain(`\`${name}\``)
  })

  it('states the defaults, limits and the bound that the code has', () => {
    for (const [name, value] of Object.entries(DEFAULT_ECONOMY))
      expect(readme).toMatch(new RegExp(`\`${name}\` *\\| ${value.toLocaleString('en-US')} `))
    for (const value of Object.values(limits)) expect(readme).toContain(value.toLocaleString('en-US'))
    expect(readme).toContain(`−${(-100 * returnBound(EXPOSURE_POLICY, DEFAULT_ECONOMY)).toFixed(1)} %`)
  })
})
