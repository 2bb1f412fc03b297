/**
 * `node test/crash/soak.ts [kills] [seed]`: as many kills as wanted, an audit after every forty, one line for each. Exits with 1 and
 * leaves the folder and the history behind if something does not hold.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit } from './audit.ts'
import { randomKill } from './kill-points.ts'
import { CrashWorld } from './run.ts'

/** A world is audited, which ends it, after so many kills. */
const KILLS_PER_WORLD = 40

const wanted = Number(process.argv[2] ?? 1_000)
let state = Number(process.argv[3] ?? Date.now() % 1_000_000)
console.log(`seed ${state}`)
/** Deterministic choice of points (mulberry32); the instants are the machine's. */
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

let kills = 0
while (kills < wanted) {
  const world = new CrashWorld()
  try {
    await world.begin()
    while (world.kills < KILLS_PER_WORLD && kills + world.kills < wanted) await world.kill(randomKill(random))
    await world.finish()
    const { purchases, channels, paid, height } = await audit(world)
    kills += world.kills
    const points = [...world.hits.keys()].length
    console.log(
      `${kills} kills: ${purchases} purchases in ${channels} channels, ${paid} base units paid, height ${height}, ${points} points hit`,
    )
    await world.end()
  } catch (error) {
    const file = join(world.directory, 'history.txt')
    for (const life of world.lives.values()) await life.kill()
    writeFileSync(file, world.history.join('\n'))
    console.error(
      `after ${kills + world.kills} kills: ${error instanceof Error ? error.message.slice(0, 300) : error}`,
    )
    console.error(`the history is in ${file}`)
    process.exit(1)
  }
}
