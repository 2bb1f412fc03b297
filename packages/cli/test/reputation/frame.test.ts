/** Scores of a frame through the command alone: a purchase becomes evidence, an epoch becomes final, and anybody computes it again. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench, csv } from '../support/cli.ts'

const bench = new Bench()
const receipt = bench.path('purchase.receipt')
const buy = ['buy', 'data.rows', '--quantity', '3', '--max-price', '0.001']

/** Asks until the answer fits. Checkpoints come by the heartbeat, so this ends. */
async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
  }
}
const standing = (who: string) => bench.ok(['reputation', 'standing', who])

beforeAll(async () => {
  await bench.ok(['init', '--anchor', 'buyer', '--scoring-epoch', '16'])
  const publishing = ['--publish-scores', 'principal']
  const { started } = await bench.start(['node', '--port', '0', '--heartbeat', '100', ...publishing])
  bench.environment['SYMBOLON_NODE'] = started.url
  writeFileSync(bench.path('data.csv'), csv(20))
  await bench.start(['serve', bench.path('data.csv'), '--price', '0.001', '--port', '0'])
  await bench.ok(['identity', 'create', '--as', 'buyer', '--capability', 'data.buyer'])
  await bench.ok([...buy, '--out', bench.path('rows.csv'), '--receipt', receipt])
})
afterAll(() => bench.close())

describe('the scores of a frame', () => {
  it('follow from a purchase, are proven, and recomputed bit for bit', async () => {
    const { vector, epoch, root } = await until(
      () => standing('seller'),
      (answer) => answer.vector !== null,
    )
    // One settled channel: nothing failed, a sixth of the experience at most (n / (n + 5)).
    expect(vector).toMatchObject({ success: 1, disputes: 1, latency: 0 })
    expect(vector.experience).toBeGreaterThan(0)
    expect(vector.experience).toBeLessThanOrEqual(1 / 6)
    expect(await bench.ok(['reputation', 'recompute', '--epoch', String(epoch)])).toMatchObject({
      computed: root,
      stated: root,
      agrees: true,
      final: true,
    })
  })

  it('say of a stranger, with proof, that it is not scored', async () => {
    expect(await standing('principal')).toMatchObject({ average: 0, settlements: 0, vector: null })
  })

  it('take the word of the buyer once for each purchase', async () => {
    const rate = ['reputation', 'rate', receipt, '--rating', '0.9', '--latency', '120']
    await bench.ok(rate)
    expect(await bench.run(rate)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ATTEST_REPEATED'),
    })
    const { vector } = await until(
      () => standing('seller'),
      (answer) => answer.vector?.latency > 0,
    )
    expect(vector.latency).toBe(1)
  })

  it('are what search asks for', async () => {
    const search = ['identity', 'search', '--capability', 'data.rows', '--min-trust']
    expect((await bench.ok([...search, '0.1'])).hits).toHaveLength(1)
    expect((await bench.ok([...search, '1'])).hits).toHaveLength(0)
    expect(await bench.run([...search, '0.1', '--dimension', 'fame'])).toMatchObject({ code: 2 })
  })

  it('refuse what nobody can compute', async () => {
    expect(await bench.run(['reputation', 'recompute', '--epoch', '9999'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('EPOCH_UNKNOWN'),
    })
    expect(await bench.run(['init', '--anchor', 'nobody', '--home', bench.path('other')])).toMatchObject({
      code: 2,
    })
  })
})
