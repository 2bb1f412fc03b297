/** Real networks for the comparison, where the repository has a neighbour `shared/data`; each as arcs over dense numbers. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Arc } from '../rank/graphs.ts'

const DATA = fileURLToPath(new URL('../../../../../shared/data/trust/', import.meta.url))

export const DATA_PRESENT = existsSync(`${DATA}soc-sign-bitcoinalpha.csv`)

const read = (name: string): string => {
  const bytes = readFileSync(`${DATA}${name}`)
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** Nodes get numbers in order of appearance. */
function numbered(pairs: Iterable<readonly [string, string, number]>): Arc[] {
  const numbers = new Map<string, number>()
  const of = (name: string): number => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, numbers.size)
    return numbers.size - 1
  }
  const merged = new Map<string, Arc>()
  for (const [from, to, weight] of pairs)
    if (from !== to) merged.set(`${from} ${to}`, [of(from), of(to), weight])
  return [...merged.values()]
}

const lines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('%'))

/** Positive ratings of Bitcoin Alpha, weights 1 … 10. */
export const bitcoinAlpha = (): Arc[] =>
  numbered(
    lines(read('soc-sign-bitcoinalpha.csv'))
      .map((line) => line.split(','))
      .filter(([, , rating]) => Number(rating) > 0)
      .map(([from = '', to = '', rating]) => [from, to, Number(rating)] as const),
  )

/** Certificates of Advogato, weights 0.6, 0.8, 1. */
export const advogato = (): Arc[] =>
  numbered(
    lines(read('advogato-konect.txt'))
      .map((line) => line.trim().split(/\s+/))
      .map(([from = '', to = '', weight]) => [from, to, Number(weight)] as const),
  )

/** Who trusts whom on Epinions, unweighted. */
export const epinions = (): Arc[] =>
  numbered(
    lines(read('epinions-adjacency.txt.gz')).flatMap((line) => {
      const [from = '', to = ''] = line.split(':')
      return to
        .split(',')
        .filter((name) => name.trim() !== '')
        .map((name) => [from.trim(), name.trim(), 1] as const)
    }),
  )
