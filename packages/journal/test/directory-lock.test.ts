import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockDirectory } from '../src/directory-lock.ts'
import { codeOf, temporaryDirectory } from './support.ts'

const bootOf = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const isLinux = process.platform === 'linux'

describe('the lock of a directory', () => {
  it('holds against this process, and its file goes with the release', () => {
    const directory = temporaryDirectory()
    const release = lockDirectory(directory)
    expect(codeOf(() => lockDirectory(directory))).toBe('JOURNAL_LOCKED')
    expect(codeOf(() => lockDirectory(`${directory}/.`))).toBe('JOURNAL_LOCKED')
    release()
    release()
    expect(readdirSync(directory)).toEqual([])
    lockDirectory(directory)()
  })

  it('holds against a running process and names it', () => {
    const directory = temporaryDirectory()
    // Without a start time only the number counts, and process 1 always runs.
    writeFileSync(join(directory, 'lock'), JSON.stringify({ process: 1 }))
    expect(() => lockDirectory(directory)).toThrow(/process 1\b/)
  })

  it('of a process that is gone is taken over', async () => {
    const directory = temporaryDirectory()
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.on('exit', resolve))
    writeFileSync(join(directory, 'lock'), JSON.stringify({ process: child.pid }))
    const release = lockDirectory(directory)
    expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')).process).toBe(process.pid)
    expect(readdirSync(directory)).toEqual(['lock'])
    release()
  })

  it.skipIf(!isLinux)('is stale if its process number now belongs to a process started later (Linux)', () => {
    const directory = temporaryDirectory()
    for (const owner of [
      { process: process.pid, started: '1', boot: bootOf() },
      { process: 1, started: '999999999999', boot: bootOf() },
      { process: process.pid, started: '1', boot: 'another boot' },
    ]) {
      writeFileSync(join(directory, 'lock'), JSON.stringify(owner))
      lockDirectory(directory)()
    }
  })

  it('that cannot be read is left to a person', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'lock'), 'not json')
    expect(codeOf(() => lockDirectory(directory))).toBe('JOURNAL_LOCKED')
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('not json')
  })

  it('is not taken over while another process is taking it over', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'lock'), JSON.stringify({ process: 2 ** 22 + 1 }))
    writeFileSync(join(directory, 'lock.takeover'), JSON.stringify({ process: 1 }))
    expect(codeOf(() => lockDirectory(directory))).toBe('JOURNAL_LOCKED')
    expect(existsSync(join(directory, 'lock'))).toBe(true)
  })

  it('is won by exactly one of many processes that find the same stale lock', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'lock'), JSON.stringify({ process: 2 ** 22 + 1 }))
    const script = `
      const { lockDirectory } = await import(${JSON.stringify(join(import.meta.dirname, '../src/directory-lock.ts'))})
      try { lockDirectory(${JSON.stringify(directory)}); process.stdout.write('won') } catch (error) { process.stdout.write(error.code) }
      process.stdin.resume()`
    const children = Array.from({ length: 5 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script]),
    )
    const answers = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve) => {
            child.stdout.once('data', (data) => resolve(String(data)))
            child.once('exit', () => resolve('exited'))
          }),
      ),
    )
    // All still run, so no loser can mistake the winner for gone.
    for (const child of children) child.kill('SIGKILL')
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'JOURNAL_LOCKED')).toHaveLength(4)
  })
})
