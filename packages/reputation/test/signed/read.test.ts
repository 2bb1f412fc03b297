import { describe, expect, it } from 'vitest'
import { readSigned } from '../../src/index.ts'

const read = (text: string) => readSigned([new TextEncoder().encode(text)])

describe('a signed network is read from', () => {
  const two = [
    { from: '7', to: '1', rating: 10, time: 1407470400 },
    { from: '4', to: '1', rating: -3, time: 1376539200 },
  ]

  it.each([
    ['SNAP without a header', '7,1,10,1407470400\n4,1,-3,1376539200\n'],
    ['CSV with a header in any order', 'time,target,rating,source\n1407470400,1,10,7\n1376539200,1,-3,4\n'],
    ['KONECT', '% asym signed\n% 2 3 2\n7 1 10 1407470400\n4 1 -3 1376539200'],
    [
      'NDJSON',
      '{"from":"7","to":"1","weight":10,"time":1407470400}\n{"from":"4","to":"1","weight":-3,"time":1376539200}',
    ],
  ])('%s', async (_, text) => {
    expect(await read(text)).toEqual(two)
  })

  it('tabs and signs without times, comments with #', async () => {
    expect(await read('# Directed graph\n# FromNodeId\tToNodeId\tSign\n0\t1\t-1\n1\t128552\t1\n')).toEqual([
      { from: '0', to: '1', rating: -1 },
      { from: '1', to: '128552', rating: 1 },
    ])
  })

  it('times with a fraction, ratings with a fraction', async () => {
    expect(await read('6,2,0.25,1289241911.72836\n')).toEqual([
      { from: '6', to: '2', rating: 0.25, time: 1289241911.72836 },
    ])
  })

  it('requests for adminship, passing over records that lack a voter', async () => {
    const text = [
      'SRC:Steel1943',
      'TGT:BDD',
      'VOT:1',
      'RES:1',
      'YEA:2013',
      'DAT:23:13, 19 April 2013',
      "TXT:'''Support''' as co-nom: SRC is fine.",
      '',
      'SRC:',
      'TGT:BDD',
      'VOT:1',
      '',
      'SRC:Cuchullain',
      'TGT:BDD',
      'VOT:-1',
      'DAT:',
      'TXT:',
    ].join('\n')
    expect(await read(text)).toEqual([
      { from: 'Steel1943', to: 'BDD', rating: 1, time: Date.UTC(2013, 3, 19, 23, 13) / 1000 },
      { from: 'Cuchullain', to: 'BDD', rating: -1 },
    ])
  })

  it('chunks that part a line', async () => {
    const bytes = new TextEncoder().encode('7,1,10,1407470400\n4,1,-3,1376539200\n')
    expect(await readSigned(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(two)
  })

  it('nothing', async () => {
    expect(await read('# empty\n')).toEqual([])
  })
})

describe('a line that is no rating', () => {
  it.each([
    ['a word for a rating', 'a,b,good\n', 'LINE_INVALID', 'line 1'],
    ['a missing column', 'a,b,1\na,b\n', 'LINE_INVALID', 'line 2'],
    ['another vote', 'SRC:a\nTGT:b\nVOT:2\n', 'LINE_INVALID', 'line 3'],
  ])('is refused by its number: %s', async (_, text, code, words) => {
    await expect(read(text)).rejects.toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    )
  })
})
