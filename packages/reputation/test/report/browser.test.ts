/** The page in a real browser: its script runs under its own policy, and strangers' text does nothing. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type ReportData, reportPage } from '../../src/index.ts'
import { FULL, graphOf, HOSTILE, nodesOf } from './example.ts'
import { textOf } from './read-page.ts'

const BROWSER = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)

describe.skipIf(BROWSER === undefined)(
  'in Chromium (skipped where neither chromium nor google-chrome is installed)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'report-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

    /** The document after its scripts ran. */
    function shown(data: ReportData, address = ''): string {
      const file = join(folder, 'report.html')
      writeFileSync(file, reportPage(data))
      return execFileSync(
        BROWSER as string,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          `--user-data-dir=${join(folder, 'profile')}`,
          '--virtual-time-budget=2000',
          '--dump-dom',
          `${pathToFileURL(file)}${address}`,
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 50_000, maxBuffer: 2 ** 26 },
      )
    }
    const panelOf = (page: string): string =>
      textOf(/<aside id="node"[^>]*>([\s\S]*?)<\/aside>/.exec(page)?.[1] ?? '')

    it('an address chooses a node, and the panel says what the data say', () => {
      const page = shown(FULL, '#node-5')
      const panel = panelOf(page)
      // s: reputation 121, probability 0.879, vouched for by u and e, vouches for t.
      for (const part of [
        'flagged',
        '121',
        'P(Sybil) 0.879',
        'Vouches for 1, vouched for by 2',
        'anchor distance 0.9',
      ])
        expect(panel).toContain(part)
      expect(panel).toMatch(/Vouches for \(1\)\s+t/)
      expect(panel).toMatch(/Vouched for by \(2\)\s+e\s+u/)
      expect(textOf(page)).toContain('P(Sybil), reversed')
    })

    it('a hostile identifier is text in the panel too', () => {
      const graph = graphOf([[HOSTILE, `${HOSTILE}2`]])
      const page = shown({ title: 'hostile', graph, nodes: nodesOf(graph) }, '#node-0')
      expect(page).not.toMatch(/<img/)
      expect(panelOf(page)).toContain(HOSTILE)
    })
  },
)
