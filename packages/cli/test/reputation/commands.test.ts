/** The trust commands as a person runs them: on files, without a home and without a node. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
    ['edges to itself alone', 'a,a\nb,b\n', /nobody supports another/],
    ['distrust alone', 'a,b,-1\nb,c,-2\n', /nobody supports another/],
  ])('refuses %s with exit code 2 and says what was expected', async (_, content, message) => {
    writeFileSync(at('bad.csv'), content)
    const { code, stderr } = await refused('score', '--edges', at('bad.csv'))
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('says which columns of a header it does not read, and that nothing weighs', async () => {
    writeFileSync(at('export.csv'), 'from_address,to_address,amount,note\nx,y,3,hi\ny,x,2,ho\n')
    const { code, stderr } = await refused('score', '--edges', at('export.csv'))
    expect(code).toBe(0)
    expect(stderr).toMatch(/not read: note\n.*each line counts 1/)
  })

  it('shows identifiers without what a terminal would obey', async () => {
    const id = 'evil\u001b[2J\nagent'
    writeFileSync(
      at('evil.ndjson'),
      [
        { from: id, to: 'b' },
        { from: 'b', to: id },
      ]
        .map((edge) => JSON.stringify(edge))
        .join('\n'),
    )
    for (const args of [['score'], ['explain', id], ['explain', 'b']]) {
      const { code, stdout } = await bench.run(['reputation', ...args, '--edges', at('evil.ndjson')])
      expect(code).toBe(0)
      expect(stdout).toContain('evil⟨U+001B⟩[2J⟨U+000A⟩agent')
      expect(stdout).not.toContain('\u001b')
    }
    const { rows } = await reputation('score', '--edges', at('evil.ndjson'))
    expect(rows.map((row: { id: string }) => row.id)).toContain(id)
  })

  it('says of a damaged archive that it is one', async () => {
    writeFileSync(at('cut.csv.gz'), gzipSync(readFileSync(at('try/edges.csv'))).subarray(0, 500))
    const { code, stderr } = await refused('score', '--edges', at('cut.csv.gz'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/gzip is damaged or cut off/)
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

  it('judges the scores that score gives, whatever else the labels name', async () => {
    const strangers = Array.from({ length: 300 }, (_, i) => `stranger${i},honest`)
    writeFileSync(at('more.csv'), `${[...lines('try/labels.csv'), ...strangers].join('\n')}\n`)
    const args = ['--seeds', '0', '--labels']
    const few = await reputation('evaluate', ...INPUT, ...args, at('try/labels.csv'))
    const more = await reputation('evaluate', ...INPUT, ...args, at('more.csv'))
    expect(more.blind).toEqual(few.blind)
    expect(more.labels).toEqual({ ...few.labels, honest: few.labels.honest + 300, withoutEdge: 300 })
  })

  it('says how many anchors it leaves out, and refuses if nobody else is labelled', async () => {
    const said = await reputation('evaluate', ...INPUT, '--labels', at('try/labels.csv'), '--seeds', '0')
    expect(said.blind.anchorsLeftOut).toBe(lines('try/anchors.csv').length - 1)
    const ids = lines('try/labels.csv').map((line) => line.split(',')[0])
    writeFileSync(at('everybody.csv'), ids.join('\n'))
    const everybody = ['--edges', at('try/edges.csv'), '--anchors', at('everybody.csv')]
    const { code, stderr } = await refused('evaluate', ...everybody, '--labels', at('try/labels.csv'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/name fewer anchors/)
  })

  it('refuses labels and groups of which no identifier is in the graph', async () => {
    writeFileSync(at('elsewhere.csv'), 'nobody1,sybil\nnobody2,honest\n')
    const labels = ['--labels', at('elsewhere.csv')]
    expect(await refused('evaluate', ...INPUT, ...labels, '--seeds', '0')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/0 Sybil and 0 honest nodes of the graph/),
    })
    const args = ['--labels', at('try/labels.csv'), '--groups', at('elsewhere.csv')]
    expect(await refused('evaluate', ...INPUT, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--groups: no identifier of .* is in the graph/),
    })
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

  it('refuses refreshes without a split by time, and says if there is nothing to tell apart', async () => {
    const pairs = Array.from({ length: 60 }, (_, i) => `u${i % 12},v${(i * 5 + 1) % 13}`)
    writeFileSync(at('unrated.csv'), pairs.join('\n'))
    const signed = ['--signed', at('unrated.csv'), '--folds', '2']
    expect(await refused('predict', ...signed, '--refreshes', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('add --time-split'),
    })
    expect(await refused('predict', ...signed)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('every rating is the same'),
    })
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
    const { blind } = await reputation('evaluate', ...INPUT, '--labels', at('try/labels.csv'), '--seeds', '0')
    expect(page).toContain(blind.rows[0].auc.value.toFixed(3))
  })
})

describe('files that cannot be written', () => {
  it.each([
    ['score', [...INPUT, '--out', at('no/x.csv')]],
    ['evaluate', [...INPUT, '--labels', at('try/labels.csv'), '--out', at('no/x.csv')]],
    ['report', [...INPUT, '--out', at('no/x.html')]],
    ['train', ['--out', at('no/x.json')]],
    ['train', ['--out', at('x.json'), '--card', at('no/x.md')]],
    ['generate', ['--out', at('try/edges.csv')]],
    ['report', [...INPUT, '--out', at('try')]],
  ])('are refused by %s %j with exit code 2', async (command, args) => {
    const { code, stderr } = await refused(command, ...args)
    expect(stderr).toMatch(/FILE_UNREADABLE: .*(cannot be written|is no folder)/)
    expect(code).toBe(2)
  })
})

describe('train, simulate, scorecard', () => {
  it('train asks for as many graphs as its splits need', async () => {
    const { code, stderr } = await refused('train', '--graphs', '2', '--out', at('two.json'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/--graphs: "2" is not a number from 3/)
  })

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

  it.each([
    ['without edges', 'edges.csv', () => '', /edges\.csv holds no edge/],
    ['whose anchors are elsewhere', 'anchors.csv', () => 'nobody\n', /names no anchor of its graph/],
    ['without a Sybil', 'labels.csv', (text: string) => text.replaceAll('sybil', 'honest'), /no Sybil/],
  ])('train refuses graphs %s', async (_, file, changed, message) => {
    for (const name of ['1', '2', '3']) {
      mkdirSync(at(`poor/${name}`), { recursive: true })
      for (const each of ['edges.csv', 'anchors.csv', 'labels.csv']) {
        const text = readFileSync(at(`try/${each}`), 'utf8')
        writeFileSync(at(`poor/${name}/${each}`), each === file ? changed(text) : text)
      }
    }
    const { code, stderr } = await refused('train', '--data', at('poor'), '--out', at('poor.json'))
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('simulate prints a row for each attack, with its return', async () => {
    const said = await reputation('simulate', '--attack', 'ring', 'slander', '--smoke')
    for (const row of said.rows) {
      expect(row.roi).toBeCloseTo((row.benefit - row.cost) / row.cost, 6)
      expect(row.holds).toBe(row.roiWorst <= -0.1)
    }
    expect(said.rows.map(({ attack }: { attack: string }) => attack)).toEqual(['ring', 'slander'])
  })

  it('scorecard does not take the header of a recorded network for agents', async () => {
    writeFileSync(at('network.csv'), 'from,to\na,b\n')
    const { stderr } = await refused('scorecard', '--smoke', '--network', at('network.csv'))
    expect(stderr).toMatch(/holds 2 agents/)
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
