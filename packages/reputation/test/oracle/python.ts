/** Independent implementations, through the system's Python: networkx, igraph, numpy and scipy, as Debian packages them. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PYTHON = '/usr/bin/python3'

/** Which modules are there; Python itself missing means none. */
function present(module: string): boolean {
  return spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
}

export const ORACLES = {
  networkx: present('networkx, scipy, numpy'),
  igraph: present('igraph'),
  scipy: present('scipy, numpy'),
}

/** For titles of skipped suites. */
export const INSTALL = 'skipped: needs Debian packages python3-networkx python3-igraph python3-scipy'

/** Runs `script` of this folder with a JSON request on standard input; its answer is JSON too. */
export function ask<T>(script: string, request: unknown): T {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync(PYTHON, [path], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as T
}
