/**
 * A node in a process of its own, for kill.test.ts. First argument: the folder. Writes its address as the first line. Its parent
 * kills it without warning.
 */
import { FrameNode } from '../src/index.ts'
import { configOf, VALIDATOR_KEYS } from './node-config.ts'

const node = await FrameNode.open(configOf(process.argv[2] ?? '', { batchWindowMs: 1, heartbeatMs: 20 }), {
  keys: VALIDATOR_KEYS,
})
await node.start()
process.stdout.write(`${node.url}\n`)
// A parent that dies takes the pipe with it: nothing is left running.
process.stdin.on('end', () => process.exit())
process.stdin.resume()
