import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveSettings, SETTING_NAMES, SETTINGS, type SettingName } from '../../src/home/settings.ts'

/** A text that reads as a value of the setting, and the value. */
const sample: Record<SettingName, readonly [text: string, value: unknown][]> = {
  node: [
    ['http://a:1', 'http://a:1'],
    ['https://b/', 'https://b'],
    ['http://c', 'http://c'],
  ],
  agent: [
    ['a', 'a'],
    ['b-2', 'b-2'],
    ['c', 'c'],
  ],
  seller: [
    ['s', 's'],
    ['t', 't'],
    ['u', 'u'],
  ],
  principal: [
    ['p', 'p'],
    ['q', 'q'],
    ['r', 'r'],
  ],
  host: [
    ['127.0.0.2', '127.0.0.2'],
    ['::1', '::1'],
    ['localhost', 'localhost'],
  ],
  port: [
    ['0', 0],
    ['65535', 65_535],
    ['80', 80],
  ],
  sellerPort: [
    ['1', 1],
    ['2', 2],
    ['3', 3],
  ],
  logLevel: [
    ['silent', 'silent'],
    ['debug', 'debug'],
    ['info', 'info'],
  ],
  heartbeatMs: [
    ['0', 0],
    ['5', 5],
    ['3600000', 3_600_000],
  ],
  batchWindowMs: [
    ['0', 0],
    ['5', 5],
    ['60000', 60_000],
  ],
}

describe('settings', () => {
  it('take the strongest source that names them: flag, environment, file, default', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SETTING_NAMES),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (name, inFlag, inEnvironment, inFile) => {
          const [flag, environment, file] = sample[name]
          const { values, sources } = resolveSettings(
            inFlag ? { [name]: flag?.[0] } : {},
            inEnvironment ? { [SETTINGS[name].variable]: environment?.[0] } : {},
            inFile ? { [name]: file?.[1] } : {},
          )
          const source = inFlag ? 'flag' : inEnvironment ? 'environment' : inFile ? 'file' : 'default'
          const expected = {
            flag: flag?.[1],
            environment: environment?.[1],
            file: file?.[1],
            default: SETTINGS[name].standard,
          }
          expect(sources[name]).toBe(source)
          expect(values[name]).toBe(expected[source])
          // Naming one setting moves no other.
          for (const other of SETTING_NAMES)
            if (other !== name) expect(values[other]).toBe(SETTINGS[other].standard)
        },
      ),
    )
  })

  it.each([
    ['node', 'ftp://x'],
    ['node', 'http://with space'],
    ['agent', 'Upper'],
    ['agent', '../etc'],
    ['port', '65536'],
    ['port', '-1'],
    ['port', '1.5'],
    ['logLevel', 'loud'],
    ['heartbeatMs', '3600001'],
    ['host', ''],
  ] as const)('%s = "%s" is refused by name, whether flag or variable', (name, text) => {
    expect(() => resolveSettings({ [name]: text }, {}, {})).toThrow(
      expect.objectContaining({ code: 'SETTING_MALFORMED', message: expect.stringContaining(name) }),
    )
    if (text !== '')
      expect(() => resolveSettings({}, { [SETTINGS[name].variable]: text }, {})).toThrow(
        SETTINGS[name].variable,
      )
  })

  it('treat an empty variable as absent, as shells do', () => {
    expect(resolveSettings({}, { SYMBOLON_PORT: '' }, {}).sources.port).toBe('default')
  })
})
