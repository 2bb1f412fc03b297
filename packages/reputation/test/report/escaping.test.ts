import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReportData, reportPage } from '../../src/index.ts'
import { FULL, graphOf, HOSTILE, nodesOf } from './example.ts'
import { drawingIn, tagsOf, textOf } from './read-page.ts'

/** Elements that the page itself uses; a stranger's text must not add one. */
const OWN = new Set(
  (
    'html head meta link title style body main header h1 h2 section p dl div dt dd aside nav ol ul li a bdi noscript ' +
    'label select input span button figure figcaption canvas script svg g defs pattern rect circle line path text ' +
    'table caption thead tbody tr th td details summary'
  ).split(' '),
)

function requireInert(page: string): void {
  for (const { name, attributes } of tagsOf(page)) {
    expect(OWN).toContain(name)
    for (const [key, value] of Object.entries(attributes)) {
      expect(key.startsWith('on')).toBe(false)
      expect(key).not.toBe('style')
      if (key === 'href' || key === 'src') expect(value === 'data:,' || value.startsWith('#')).toBe(true)
    }
  }
  expect(tagsOf(page).filter(({ name }) => name === 'script').length).toBeLessThanOrEqual(2)
}

function pageNamed(id: string): string {
  const graph = graphOf([[id, 'plain']])
  return reportPage({ title: 'names', graph, nodes: nodesOf(graph) })
}

/** Readers bound identifiers; a graph that came another way need not. */
function reportRenamed(idOf: (node: number) => string): string {
  const graph = graphOf([['a', 'b']])
  const renamed = { ...graph, nodes: { ...graph.nodes, size: 2, idOf } }
  return reportPage({ title: 'renamed', graph: renamed, nodes: nodesOf(graph) })
}

const everywhere = (text: string): ReportData => {
  const graph = graphOf([[`${text}1`, `${text}2`]])
  return {
    title: text,
    source: { file: text, nodes: 2, edges: 1, digest: text },
    date: text,
    parameters: { [text]: text },
    algorithms: [{ name: text, steps: 1, residual: 0, converged: true, note: text }],
    graph,
    nodes: nodesOf(graph, { scores: { [text]: [1, 2] }, signals: { [text]: [1, 2] } }),
    unit: text,
    attacks: [
      {
        attack: text,
        detection: 1,
        falsePositives: 0,
        costPerPoint: 1,
        gainPerPoint: 0,
        roi: -1,
        verdict: 'pass',
        note: text,
      },
    ],
    scorecard: [{ gate: text, name: text, threshold: text, measured: text, verdict: 'fail', note: text }],
    evaluation: [{ method: text, protocol: text, auc: 0.5, figures: { [text]: 1 } }],
    calibration: { bins: [{ predicted: 0, observed: 0, count: 1 }] },
    importance: [{ feature: text, importance: 1 }],
    importanceMeasure: text,
  }
}

describe('text of strangers stays text', () => {
  const ATTACKS = [
    HOSTILE,
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '<!--<script>',
    ']]><script>alert(1)</script>',
    '</style><script>alert(1)</script>',
    '</title><script>alert(1)</script>',
    '</canvas></noscript><iframe src=//evil.example>',
    'javascript:alert(1)',
    '&lt;img&gt;',
    '__proto__',
    '{{alert(1)}}',
    '\\u003cimg onerror=alert(1)>',
  ]
  it.each(ATTACKS)('%s in every field', (attack) => {
    const page = reportPage(everywhere(attack))
    requireInert(page)
    expect(textOf(page)).toContain(attack)
    expect(drawingIn(page).ids).toContain(`${attack}1`)
  })

  it('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) =>
        requireInert(reportPage(everywhere(text))),
      ),
      { numRuns: 20 },
    )
  })

  it('a data block that cannot be left', () => {
    const page = pageNamed('</script><!--<script>\u2028\u2029')
    const block = /id="drawing">([\s\S]*?)<\/script>/.exec(page)?.[1] as string
    expect(block).not.toMatch(/[<>&\u2028\u2029]/)
    expect(drawingIn(page).ids[0]).toBe('</script><!--<script>⟨U+2028⟩⟨U+2029⟩')
  })

  it('directions, controls and invisible characters become their codes', () => {
    const page = pageNamed('good\u202eexe\u2066\u200b\u0000\u00ad\u{e0041}\u3164\ud800')
    expect(textOf(page)).toContain('good⟨U+202E⟩exe⟨U+2066⟩⟨U+200B⟩⟨U+0000⟩⟨U+00AD⟩⟨U+E0041⟩⟨U+3164⟩')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/)
    expect(page.isWellFormed()).toBe(true)
  })

  it('a name in a script that runs from right to left ends its direction with itself', () => {
    expect(pageNamed('שלום')).toContain('<bdi>שלום</bdi>')
  })

  it('identifiers of a megabyte are cut to both ends', () => {
    const page = reportRenamed((i) => `${'x'.repeat(2 ** 20)}END${i}`)
    expect(page.length).toBeLessThan(100_000)
    for (const shown of drawingIn(page).ids) {
      expect(shown).toHaveLength(128)
      expect(shown).toMatch(/^x{95}…x{28}END\d$/)
    }
  })

  it('a cut never splits a character', () => {
    for (const pad of ['', 'a'])
      expect(reportRenamed((i) => pad + '😀'.repeat(1000 + i)).isWellFormed()).toBe(true)
  })

  it('half a character becomes its code', () => {
    expect(drawingIn(reportRenamed((i) => `a\ud800b${i}`)).ids).toEqual(['a⟨U+D800⟩b0', 'a⟨U+D800⟩b1'])
  })
})

describe('the policy of the page', () => {
  const page = reportPage(FULL)
  const policy = tagsOf(page).find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')
    ?.attributes['content'] as string

  it('refuses every source', () => {
    expect(policy).toMatch(/^default-src 'none';/)
    for (const part of ["base-uri 'none'", "form-action 'none'"]) expect(policy).toContain(part)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  })

  it.each([
    ['script-src', /<script>([\s\S]*?)<\/script>/],
    ['style-src', /<style>([\s\S]*?)<\/style>/],
  ])('%s lets run this very text alone', (directive, element) => {
    const content = element.exec(page)?.[1] as string
    const hash = createHash('sha256').update(content).digest('base64')
    expect(policy.split('; ')).toContain(`${directive} 'sha256-${hash}'`)
  })

  it('names nothing outside the file', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|url\((?!#)/i)
  })

  it('has a script that parses and never lets text become markup', () => {
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] as string
    expect(() => new Function(script)).not.toThrow()
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch|XMLHttp/,
    )
  })
})
