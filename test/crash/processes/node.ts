/** A frame node with a sole validator, durable to the disk. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FrameNode } from '@symbolon/node'
import { commands, marker } from './marker.ts'
import { addressOfProcess, directory, GENESIS, VALIDATOR } from './setting.ts'

const earlier = addressOfProcess('node')
const node = await FrameNode.open(
  {
    directory: join(directory, 'node'),
    genesis: GENESIS,
    host: '127.0.0.1',
    port: earlier === undefined ? 0 : Number(new URL(earlier).port),
    batchWindowMs: 1,
    heartbeatMs: 100,
    logLevel: 'error',
    verifierThreads: 0,
  },
  { keys: VALIDATOR },
)
await node.start()
writeFileSync(join(directory, 'node.url'), node.url)
marker('ready')
commands((line) => {
  if (line === 'stop') void node.stop().then(() => process.exit(0))
})
