/** The trust commands as a person runs them: on files, without a home and without a node. */
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from '../support/cli.ts'

const bench = new Bench()
afterAll(() => bench.close())
const at = (name: string): string => bench.path(name)
const lines = (name: string): string[] => readFileSync(at(name), 'utf8').trimEnd().split('\n')
const reputation = (...args: string[]) => bench.ok(['reputation', ...args])
const refused = async (...args: string[]) => {
  const { code, stderr } = await bench.run(['reputation', ...args])
  return { code, stderr }
}

const INPUT = ['--edges', at('try/edges.csv'), '--anchors', at('try/anchors.csv')]
const LIGHT = ['--honest', '120', '--attackers', '12']

beforeAll(async () => {
  await reputation('generate', '--out', at('try'), '--attack', 'ring', ...LIGHT)
})

describe('generate', () => {
  it('writes the same files for the same seed, and others for another', async () => {
    await reputation('generate', '--out', at('again'), '--attack', 'ring', ...LIGHT)
    await reputation('generate', '--out', at('other'), '--attack', 'ring', ...LIGHT, '--seed', '2')
    for (const file of ['edges.csv', 'anchors.csv', 'labels.csv'])
      expect(lines(`again/${file}`)).toEqual(lines(`try/${file}`))
    expect(lines('other/edges.csv')).not.toEqual(lines('try/edges.csv'))
    expect(lines('try/labels.csv').filter((line) => line.endsWith(',sybil'))).toHaveLength(12)
  })
})

describe('score', () => {
  it('writes one row for each node, ordered by rank, and says what it read', async () => {
    const said = await reputation('score', ...INPUT, '--out', at('scores.csv'))
    const [header, ...rows] = lines('scores.csv')
    expect(rows).toHaveLength(said.nodes)
    expect(header).toBe(
      'rank,id,reputation,probability,flagged,unsupported,anchor,pageRank,eigenTrust,personalisedPageRank,authority,hub,sybilRank,spectral,absorbing,eigenTrustDivergence,rankGap,anchorDistance,hubAnomaly,sybilRankDeficit,spectralBridge,absorbingDistance,eclipseComposite,chainLaundering',
    )
    const probabilities = rows.map((row) => Number(row.split(',')[3]))
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => a - b))
    const prestige = rows.reduce((sum, row) => sum + Number(row.split(',')[7]), 0)
    expect(prestige).toBeCloseTo(1, 9)
    expect(said.anchors).toEqual({ count: lines('try/anchors.csv').length - 1, chosen: false })
    expect(said.input.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not depend on the order of the lines, nor on how the file is packed', async () => {
    const [header, ...edges] = lines('try/edges.csv')
    writeFileSync(at('turned.csv.gz'), gzipSync(`${[header, ...edges.toReversed()].join('\n')}\n`))
    const anchors = ['--anchors', at('try/anchors.csv')]
    await reputation('score', '--edges', at('turned.csv.gz'), ...anchors, '--out', at('turned.csv'))
    await reputation('score', ...INPUT, '--out', at('straight.csv'))
    expect(lines('turned.csv')).toEqual(lines('straight.csv'))
  })

  it('chooses anchors if none are named, and says so', async () => {
    const said = await reputation('score', '--edges', at('try/edges.csv'))
    expect(said.anchors.chosen).toBe(true)
    expect(said.anchors.count).toBeGreaterThanOrEqual(3)
  })

  it('orders by one algorithm if asked', async () => {
    await reputation('score', ...INPUT, '--algorithm', 'sybilRank', '--out', at('by.ndjson'))
    const values = lines('by.ndjson').map((line) => JSON.parse(line).sybilRank)
    expect(values).toEqual(values.toSorted((a: number, b: number) => b - a))
  })

  it.each([
    ['a line that is none', 'from,to,weight\na,b,1\na,b,heavy\n', /line 3: expected a number/],
    ['a file without edges', '# nothing\n', /holds no edge/],
  ])('refuses %s with exit code 2 and says what was expected', async (_, content, message) => {
    writeFileSync(at('bad.csv'), content)
    const { code, stderr } = await refused('score', '--edges', at('bad.csv'))
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('refuses an anchor that the graph does not hold, a model that is none, an unknown algorithm', async () => {
    writeFileSync(at('anchors.csv'), 'nobody\n')
    writeFileSync(at('model.json'), '{"format":"other"}')
    for (const [args, message] of [
      [['--edges', at('try/edges.csv'), '--anchors', at('anchors.csv')], /nobody .* has no edge/],
      [[...INPUT, '--model', at('model.json')], /MODEL_INVALID/],
      [[...INPUT, '--algorithm', 'pagerank'], /is none of pageRank/],
      [['--edges', at('absent.csv')], /cannot be read/],
    ] as const) {
      const { code, stderr } = await refused('score', ...args)
      expect(code, stderr).toBe(2)
      expect(stderr).toMatch(message)
    }
  })
})

describe('explain', () => {
  it('gives reasons that add up to the score that score gives', async () => {
    await reputation('score', ...INPUT, '--out', at('scores.csv'))
    const worst = lines('scores.csv').at(-1)?.split(',') ?? []
    const said = await reputation('explain', worst[1] ?? '', ...INPUT)
    expect(said.probability).toBe(Number(worst[3]))
    const sum = said.reasons.reduce(
      (total: number, { contribution }: { contribution: number }) => total + contribution,
      said.baseMargin,
    )
    expect(sum).toBeCloseTo(said.margin, 9)
  })

  it('refuses a node that is not there', async () => {
    const { code, stderr } = await refused('explain', 'nobody', ...INPUT)
    expect(code).toBe(2)
    expect(stderr).toMatch(/"nobody" is not in the graph/)
  })
})

describe('evaluate', () => {
  it('prints the AUC that counting pairs gives', async () => {
    await reputation('score', ...INPUT, '--out', at('scores.csv'))
    const said = await reputation('evaluate', ...INPUT, '--labels', at('try/labels.csv'), '--seeds', '0')
    const labels = new Map(lines('try/labels.csv').map((line) => line.split(',') as [string, string]))
    const judged = lines('scores.csv')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([, , , , , , anchor]) => anchor === '0')
      .map(([, id = '', , probability]) => ({ p: Number(probability), label: labels.get(id) }))
    const sybils = judged.filter(({ label }) => label === 'sybil')
    const honest = judged.filter(({ label }) => label === 'honest')
    let right = 0
    for (const sybil of sybils)
      for (const other of honest) right += sybil.p > other.p ? 1 : sybil.p === other.p ? 0.5 : 0
    const [own] = said.blind.rows
    expect(own.method).toBe('probability')
    expect(own.auc.value).toBeCloseTo(right / (sybils.length * honest.length), 12)
  })

  it('compares label-aware scores with the published methods on the same seeds', async () => {
    const args = ['--labels', at('try/labels.csv'), '--seeds', '0.3', '--draws', '2']
    const said = await reputation('evaluate', ...INPUT, ...args, '--out', at('aware.csv'))
    const methods = said.seeded.rows
      .filter(({ population }: { population: string }) => population === 'connected')
      .map(({ method }: { method: string }) => method)
    expect(methods).toEqual(['labelAware', 'labelPropagation', 'labelSpreading', 'sybilRank'])
    expect(lines('aware.csv')[0]).toBe('id,probability,label')
  })

  it('refuses labels of one kind, and groups that are no list', async () => {
    writeFileSync(at('one.csv'), `${lines('try/labels.csv')[1]}\n`)
    expect((await refused('evaluate', ...INPUT, '--labels', at('one.csv'))).stderr).toMatch(/both are needed/)
    writeFileSync(at('groups.json'), '[{"members": 3}]')
    const args = ['--labels', at('try/labels.csv'), '--groups', at('groups.json')]
    expect((await refused('evaluate', ...INPUT, ...args)).stderr).toMatch(/expected lines id,group, or JSON/)
  })
})

describe('predict', () => {
  const rated = (count: number, time: boolean): string =>
    Array.from({ length: count }, (_, i) => {
      const [from, to] = [i % 12, (i * 5 + 1) % 13]
      return `u${from},v${to},${to % 3 === 0 ? -3 : 4}${time ? `,${1000 + i}` : ''}`
    }).join('\n')

  it('prints all methods by folds, and by time', async () => {
    writeFileSync(at('rated.csv'), rated(150, true))
    for (const protocol of [
      ['--folds', '3'],
      ['--time-split', '0.7'],
    ]) {
      const said = await reputation('predict', '--signed', at('rated.csv'), ...protocol)
      const names = said.methods.map(({ name }: { name: string }) => name)
      expect(names).toContain('fairness × goodness')
      expect(names).toContain('symbolon')
    }
  })

  it('refuses a split by time without times, and a file that is too small', async () => {
    writeFileSync(at('timeless.csv'), rated(150, false))
    expect(await refused('predict', '--signed', at('timeless.csv'), '--time-split')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('TIMES_MISSING'),
    })
    writeFileSync(at('small.csv'), 'a,b,1\nb,a,-1\n')
    expect(await refused('predict', '--signed', at('small.csv'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('SIGNED_TOO_SMALL'),
    })
  })
})

describe('report', () => {
  it('writes one page that asks the network for nothing', async () => {
    await reputation('report', ...INPUT, '--labels', at('try/labels.csv'), '--out', at('report.html'))
    const page = readFileSync(at('report.html'), 'utf8')
    expect(page).toMatch(/Content-Security-Policy" content="default-src (?:'|&#39;)none/)
    expect(page).not.toMatch(/(?:src|href)\s*=\s*["']?(?:https?:)?\/\//)
  })
})

describe('train, simulate, scorecard', () => {
  it('train writes a model that score reads, the same bytes again for the same seed', async () => {
    await reputation('train', '--graphs', '6', '--out', at('own.json'), '--card', at('card.md'))
    await reputation('train', '--graphs', '6', '--out', at('own2.json'))
    expect(readFileSync(at('own.json'))).toEqual(readFileSync(at('own2.json')))
    expect(readFileSync(at('card.md'), 'utf8')).toMatch(/^# Model card/)
    await reputation('score', ...INPUT, '--model', at('own.json'))
  })

  it('train reads folders as generate writes them', async () => {
    for (const seed of ['1', '2', '3'])
      await reputation(
        'generate',
        '--out',
        at(`pool/${seed}`),
        '--attack',
        'star-open',
        ...LIGHT,
        '--seed',
        seed,
      )
    const said = await reputation('train', '--data', at('pool'), '--out', at('mine.json'))
    expect(said.graphs).toBe(3)
  })

  it('simulate prints a row for each attack, with its return', async () => {
    const said = await reputation('simulate', '--attack', 'ring', 'slander', '--smoke')
    for (const row of said.rows) {
      expect(row.roi).toBeCloseTo((row.benefit - row.cost) / row.cost, 6)
      expect(row.holds).toBe(row.roiWorst <= -0.1)
    }
    expect(said.rows.map(({ attack }: { attack: string }) => attack)).toEqual(['ring', 'slander'])
  })

  it('scorecard has eighteen rows and computes its sums from them', async () => {
    const { rows, sums, releasable } = await reputation('scorecard', '--smoke', '--scorer', 'anchored')
    expect(rows).toHaveLength(18)
    const count = (verdict: string) =>
      rows.filter((row: { verdict: string }) => row.verdict === verdict).length
    expect(sums).toEqual({ pass: count('pass'), fail: count('fail'), pending: count('pending'), total: 18 })
    expect(releasable).toBe(count('pass') === 18)
  })
})
