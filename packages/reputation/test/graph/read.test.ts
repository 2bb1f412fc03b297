import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNumber } from '../../src/graph/read/number.ts'
import {
  type Edge,
  type EdgeFormat,
  graphOf,
  type HeaderSeen,
  type ReputationError,
  readAnchors,
  readEdges,
  readGroupLines,
  readLabels,
} from '../../src/index.ts'
import { wholeEdges } from './edges.arbitrary.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The text in chunks of `size` bytes: every line, number and character gets cut somewhere. */
function* chunks(text: string, size = 7): Generator<Uint8Array> {
  const bytes = bytesOf(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

const edgesIn = async (text: string, format?: EdgeFormat): Promise<Edge[]> => [
  ...(await readEdges(chunks(text), format)),
]

async function refusal(act: Promise<unknown>): Promise<ReputationError> {
  return act.then(
    () => {
      throw new Error('nothing was refused')
    },
    (error: ReputationError) => error,
  )
}

describe('files of edges with separators', () => {
  it.each([
    ['header', 'from,to,weight,time\na,b,2.5,100\n'],
    ['header of a rating network', 'rater,ratee,rating,timestamp\na,b,2.5,100\n'],
    ['header of SNAP', 'FromNodeId,ToNodeId,vote,time\na,b,2.5,100\n'],
    ['other order and names', 'Timestamp,Target,Source,Rating\n100,b,a,2.5'],
    ['no header', 'a,b,2.5,100\n'],
    ['tabs', 'a\tb\t2.5\t100'],
    ['blanks', '  a b   2.5 \t100  \n'],
    ['semicolons', 'a; b; 2.5 ;100\r\n'],
    ['comments, blank lines and a byte order mark', '\ufeff% asym\n# nodes\n\n a,b,2.5,100\n\n'],
    ['quotes', '"a",b,"2.5",100'],
    ['columns that nobody knows', 'note,from,to,weight,time\n"x, ""y""",a,b,2.5,100'],
  ])('reads %s', async (_, text) => {
    expect(await edgesIn(text)).toEqual([{ from: 'a', to: 'b', weight: 2.5, time: 100 }])
  })

  it('keeps a rating below zero, or a sign of -1, as distrust of that magnitude', async () => {
    const distrust = { from: 'a', to: 'b', weight: 3, sign: -1 }
    expect(await edgesIn('a,b,-3')).toEqual([distrust])
    expect(await edgesIn('from,to,weight,sign\na,b,3,-1\na,b,-3,1\na,b,3,1')).toEqual([
      distrust,
      distrust,
      { from: 'a', to: 'b', weight: 3 },
    ])
  })

  it('reads every column, and leaves out what is empty', async () => {
    const text = 'from,to,weight,sign,time,value,kind,accepted\na,b,2,1,9,1e3,settlement,true\nb,c,,,,,,\n'
    expect(await edgesIn(text)).toEqual([
      { from: 'a', to: 'b', weight: 2, time: 9, value: 1000, kind: 'settlement', accepted: true },
      { from: 'b', to: 'c', weight: 1 },
    ])
  })

  it('undoes quotes around separators and quotes', async () => {
    expect(await edgesIn('"a,""b""", c ,1')).toEqual([{ from: 'a,"b"', to: 'c', weight: 1 }])
  })

  it('finds the separator outside quotes', async () => {
    expect(await edgesIn('"a,1";"b;2";2\r\n"c";d;1\r\n')).toEqual([
      { from: 'a,1', to: 'b;2', weight: 2 },
      { from: 'c', to: 'd', weight: 1 },
    ])
    expect(await edgesIn('did:a;k=1,did:b;k=2,3')).toEqual([
      { from: 'did:a;k=1', to: 'did:b;k=2', weight: 3 },
    ])
  })

  it.each(['from_address,to_address', 'From ID,To ID', 'seller-id,note,buyer-id'])(
    'knows the ends under the names of exports: %s',
    async (header) => {
      const [first, , third] = header.split(',')
      const [edge] = await edgesIn(third === undefined ? `${header}\na,b` : `${header}\nb,x,a`)
      expect([edge?.from, edge?.to], first).toEqual(['a', 'b'])
    },
  )

  it('lets no name of an export hide a column that is named as it should be', async () => {
    expect(await edgesIn('from,to,from_id,to_id\na,b,1,2')).toEqual([{ from: 'a', to: 'b', weight: 1 }])
  })

  it('says which columns it does not read', async () => {
    const seen: HeaderSeen[] = []
    await readEdges(chunks('source,target,score,time\na,b,5,1'), undefined, undefined, (header) =>
      seen.push(header),
    )
    await readEdges(chunks('a,b,5,1'), undefined, undefined, (header) => seen.push(header))
    expect(seen).toEqual([{ passedOver: ['score'], read: ['from', 'to', 'time'] }])
  })

  it.each([
    ['a,b\na,b,1', 2, /2 columns as on the lines before/],
    ['a,b,x', 1, /a number in column 3 \(weight\), or a header that names from and to, found/],
    ['a,b,1\na,b,x', 2, /a number in column 3 \(weight\), found/],
    ['a;b;1,5', 1, /a number in column 3 \(weight\)/],
    ['# c\na,b,1\na,,1', 3, /an identifier in column 2 \(to\)/],
    ['a,b,1,2,3', 1, /a header, or two to four columns/],
    ['a', 1, /a header, or two to four columns/],
    ['from,weight\na,1', 1, /a header with from and to/],
    ['from,to,source\na,b,c', 1, /names each column once/],
    ['from,to,kind\na,b,gift', 2, /one of settlement, citation/],
    ['from,to,accepted\na,b,maybe', 2, /true or false/],
    ['from,to,sign\na,b,0', 2, /1 or -1/],
    ['a,"b', 1, /a closing quote/],
    ['a,"b"c', 1, /a separator after a closing quote/],
    ['a,b,0x10', 1, /a number/],
    ['a,b,Infinity', 1, /a number/],
    [`${'x,'.repeat(64)}x`, 1, /at most COLUMNS_MAX \(64\) columns/],
  ])('refuses %j by its line', async (text, line, message) => {
    const error = await refusal(readEdges(chunks(text)))
    expect(error.code).toBe('LINE_INVALID')
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(new RegExp(`^line ${line}: expected`))
  })

  it('refuses what is too long, too large or not finite', async () => {
    expect((await refusal(readEdges([bytesOf('x'.repeat(65_537))]))).code).toBe('LINE_TOO_LONG')
    const endless = function* (): Generator<Uint8Array> {
      for (;;) yield bytesOf('x'.repeat(10_000))
    }
    expect((await refusal(readEdges(endless()))).message).toMatch(/^line 1 has more than LINE_BYTES_MAX/)
    expect((await refusal(readEdges([bytesOf(`a,${'b'.repeat(1_025)}`)]))).code).toBe('ID_TOO_LONG')
    expect((await refusal(readEdges([bytesOf('a,b,1e101')]))).code).toBe('EDGE_INVALID')
    const least = await refusal(readEdges([bytesOf('a,b,4e-320')]))
    expect(least).toMatchObject({
      code: 'EDGE_INVALID',
      message: expect.stringContaining('so must one over it'),
    })
    expect((await refusal(readEdges([bytesOf('a,b,1,1e999')]))).code).toBe('EDGE_INVALID')
  })

  it('leaves a given table with the lines before the refused one, and none of its nodes', async () => {
    const table = await readEdges(chunks('a,b,1'))
    await refusal(readEdges(chunks('c,d,1\ne,f,x'), 'csv', table))
    expect([...table].map(({ from }) => from)).toEqual(['a', 'c'])
    expect(table.ids.size).toBe(4)
  })

  it('reads nothing from nothing', async () => {
    expect(await edgesIn('')).toEqual([])
    expect(await edgesIn('\n\n# only words\n')).toEqual([])
  })
})

describe('files of edges as JSON', () => {
  it('reads what was written, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(wholeEdges, fc.integer({ min: 1, max: 99 }), async (edges, size) => {
        const text = edges.map((edge) => JSON.stringify(edge)).join('\n')
        const plain = edges.map(({ sign, accepted, ...rest }) => ({
          ...rest,
          ...(sign === -1 ? { sign } : {}),
          ...(accepted === true ? { accepted } : {}),
        }))
        expect([...(await readEdges(chunks(text, size), 'ndjson'))]).toEqual(plain)
      }),
    )
  })

  it('knows escapes, whole numbers as identifiers, synonyms and keys of others', async () => {
    const text =
      '{"source": 7, "target":"a\\"\\u00e4,", "rating": -2.5e0, "timestamp": 12, "note": {"x": [1]}}\n{"from":"a","to":"b","weight":null}'
    expect(await edgesIn(text)).toEqual([
      { from: '7', to: 'a"ä,', weight: 2.5, sign: -1, time: 12 },
      { from: 'a', to: 'b', weight: 1 },
    ])
  })

  it.each([
    ['{"from":"a"}', /an identifier under "to"/],
    ['{"from":"","to":"b"}', /an identifier under "from"/],
    ['{"from":1.5,"to":"b"}', /an identifier under "from"/],
    ['{"from":"a","to":"b","weight":"1"}', /a number under "weight"/],
    ['{"from":"a","to":"b","sign":0}', /1 or -1/],
    ['{"from":"a","to":"b","kind":"x"}', /one of settlement/],
    ['{"from":"a","to":"b","accepted":1}', /true or false/],
    ['{"from":"a","to":"b","source":"c"}', /from once/],
    ['{"from":"a","to":"b"', /one JSON object/],
    ['[1]', /one JSON object/],
  ])('refuses %s', async (text, message) => {
    const error = await refusal(readEdges(chunks(`{"from":"a","to":"b"}\n${text}`), 'ndjson'))
    expect(error.code).toBe('LINE_INVALID')
    expect(error.message).toMatch(/^line 2: /)
    expect(error.message).toMatch(message)
  })
})

describe('lists of neighbours', () => {
  it('are edges of weight 1, and isolated nodes', async () => {
    const table = await readEdges(chunks('0:1,22\n3:\n'), 'adjacency')
    expect([...table].map(({ from, to }) => [from, to])).toEqual([
      ['0', '1'],
      ['0', '22'],
    ])
    expect(graphOf(table).nodes.size).toBe(4)
  })

  it.each(['0', ':1', '0:1,', '0:,1', '0:1,,2'])('refuse %j', async (text) => {
    expect((await refusal(readEdges(chunks(text), 'adjacency'))).code).toBe('LINE_INVALID')
  })
})

describe('files of anchors and labels', () => {
  it('give anchors their weight, 1 by default', async () => {
    const expected = new Map([
      ['a', 2000],
      ['b', 1],
    ])
    expect(await readAnchors(chunks('id,weight\na,2000\nb,\n'))).toEqual(expected)
    expect(await readAnchors(chunks('a 2000\nb\n'))).toEqual(expected)
    expect((await refusal(readAnchors(chunks('a,-1')))).message).toMatch(/line 1: .*weight of at least 0/)
    expect((await refusal(readAnchors(chunks('a,1,2')))).code).toBe('LINE_INVALID')
  })

  it('give groups with their members, quotes undone, in any separator', async () => {
    const text = '\ufeffid;owner\r\n"a;1";x\r\nb;x\r\n# none\r\nc;y\r\n'
    expect([...(await readGroupLines(chunks(text)))]).toEqual([
      ['x', ['a;1', 'b']],
      ['y', ['c']],
    ])
    expect((await refusal(readGroupLines([bytesOf('a\n')]))).message).toMatch(
      /^line 1: expected an identifier and its group, or the header id,group/,
    )
  })

  it('give labels as truth about Sybils', async () => {
    expect(await readLabels(chunks('address,sybil\nx,1\ny,0\nz,Honest'))).toEqual(
      new Map([
        ['x', true],
        ['y', false],
        ['z', false],
      ]),
    )
    expect((await refusal(readLabels(chunks('x,1\nx,0')))).message).toMatch(
      /line 2: expected one label for x/,
    )
    expect((await refusal(readLabels(chunks('x,1\ny,perhaps')))).code).toBe('LINE_INVALID')
  })
})

describe('numbers', () => {
  const parse = (text: string): number => parseNumber(bytesOf(text), 0, bytesOf(text).length)

  it('are those of Number for every decimal text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parse(String(value))).toBe(Number(String(value)))
        const fixed = value.toFixed(6)
        expect(parse(fixed)).toBe(Number(fixed))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(['', '-', '.', '1.2.3', 'NaN', '1e', '0x1', ' 1', '1 ', '--1'])('are not %j', (text) => {
    expect(parse(text)).toBeNaN()
  })
})

const data = new URL('../../../../../shared/data/', import.meta.url)

describe.skipIf(!existsSync(data))('public data sets (skipped where ../shared/data is absent)', () => {
  const read = (name: string): Uint8Array => {
    const bytes = readFileSync(new URL(name, data))
    return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
  }

  it('Bitcoin Alpha has the counts that SNAP publishes', async () => {
    const table = await readEdges([read('trust/soc-sign-bitcoinalpha.csv')])
    expect([table.size, table.ids.size]).toEqual([24_186, 3_783])
    expect([...table].filter(({ sign }) => sign === -1)).toHaveLength(1_536)
    expect(graphOf(table).support.columns).toHaveLength(24_186 - 1_536)
  })

  it('Advogato has the counts of KONECT', async () => {
    const table = await readEdges([read('trust/advogato-konect.txt')])
    expect([table.size, table.ids.size]).toEqual([51_127, 6_539])
  })

  it('Epinions has the edges of SNAP', async () => {
    const table = await readEdges([read('trust/epinions-adjacency.txt.gz')], 'adjacency')
    const { support } = graphOf(table)
    expect(table.size).toBe(508_837)
    const touched = new Set([...support.columns])
    for (let i = 0; i < support.size; i++) if (support.offsets[i] !== support.offsets[i + 1]) touched.add(i)
    expect(touched.size).toBe(75_879)
  })

  it('the airdrop graph counts transfers as weight', async () => {
    const table = await readEdges([read('sybil/airdrop-transfer-edges.csv.gz')])
    expect(table.size).toBe(79_213)
    expect((await readLabels([read('sybil/airdrop-labels.csv.gz')])).size).toBe(25_002)
  })
})
