export { NODE_DEFAULTS, type NodeConfig } from './config.ts'
export * from './limits.ts'
export { createLogger } from './logger.ts'
export {
  type AccountView,
  Mempool,
  MempoolError,
  type MempoolErrorCode,
  minimumFee,
  type PooledTransaction,
} from './mempool/mempool.ts'
export { FrameNode, type NodeDependencies, VERSION } from './node.ts'
export { nextSeed, SoleValidator, type ValidatorKeys, vrfInput } from './production/validator.ts'
export { REST_ALIASES } from './rpc/aliases.ts'
export { openApiDocument, openRpcDocument } from './rpc/documents.ts'
export { methodErrors } from './rpc/method-errors.ts'
