/** What a node is started with. The command line reads flags, environment and file into this; nothing else reads them. */
import type { Genesis } from '@symbolon/protocol'
import type { ListenerLimits } from './rpc/server.ts'

export interface NodeConfig {
  /** Folder of the block log and the state; created if absent. */
  readonly directory: string
  /** For a new folder; an existing one has its own, which must be the same. */
  readonly genesis: Genesis
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** Milliseconds that a block waits for company after its first transaction. */
  readonly batchWindowMs: number
  /** Milliseconds without a transaction after which an empty checkpoint is made. 0: never. */
  readonly heartbeatMs: number
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Threads that verify signatures; 0 verifies on the main thread. */
  readonly verifierThreads: number
  /** Further names by which clients may address the node; see OriginPolicy. */
  readonly hostNames?: readonly string[]
  /** Origins of web pages that may call the node, such as `https://explorer.example`. */
  readonly origins?: readonly string[]
  readonly limits?: ListenerLimits
  /** Publish the root of every scoring epoch and challenge wrong ones, with the node's account; default false. */
  readonly publishScores?: boolean
}

export const NODE_DEFAULTS = {
  host: '127.0.0.1',
  port: 7400,
  batchWindowMs: 2,
  heartbeatMs: 1_000,
  logLevel: 'info',
  verifierThreads: 2,
} as const
