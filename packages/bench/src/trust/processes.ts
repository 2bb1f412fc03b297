/** Runs the two sides of the trust benchmarks as processes, one at a time. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RankRun } from './rank-process.ts'

const run = promisify(execFile)
const RANK = fileURLToPath(new URL(`./rank-process${import.meta.url.slice(-3)}`, import.meta.url))
const ORACLE = fileURLToPath(new URL('../../oracle/trust_igraph.py', import.meta.url))
/** Debian's, which has python3-igraph, numpy and scipy as packages. */
const PYTHON = '/usr/bin/python3'
const OUTPUT_BYTES_MAX = 1 << 20

/** `folder` is where the graph is written for the peer, if it is to be. */
export async function rankInProcess(edges: number, folder?: string): Promise<RankRun> {
  const args = [RANK, String(edges), ...(folder === undefined ? [] : [folder])]
  const { stdout } = await run(process.execPath, args, { maxBuffer: OUTPUT_BYTES_MAX })
  return JSON.parse(stdout) as RankRun
}

export interface PeerRun {
  readonly igraph: string
  readonly scipy: string
  /** Seconds of processor time. */
  readonly seconds: Readonly<Record<string, number>>
  readonly sums: Readonly<Record<string, number>>
}

/** Why the peer cannot run here; undefined if it can. */
export async function peerMissing(): Promise<string | undefined> {
  if (!existsSync(PYTHON)) return `there is no ${PYTHON}`
  if (!existsSync(ORACLE)) return 'the script of the peer is in the repository only'
  try {
    await run(PYTHON, ['-c', 'import igraph, numpy, scipy.sparse.linalg'])
    return undefined
  } catch {
    return `${PYTHON} lacks igraph, numpy or scipy: install python3-igraph python3-numpy python3-scipy`
  }
}

export async function rankByPeer(folder: string): Promise<PeerRun> {
  const { stdout } = await run(PYTHON, [ORACLE, folder], {
    maxBuffer: OUTPUT_BYTES_MAX,
    // One core on both sides.
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  return JSON.parse(stdout) as PeerRun
}
