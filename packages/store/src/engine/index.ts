export { EngineError, type EngineErrorCode } from './errors.ts'
export { heightKey, heightOf, KeySpace, prefixRange } from './key-space.ts'
export type {
  KeyValueEngine,
  KeyValueEntry,
  KeyValueReader,
  KeyValueSnapshot,
  Operation,
  RangeOptions,
} from './key-value-engine.ts'
export { LevelEngine, type LevelEngineOptions } from './level-engine.ts'
export { ENGINE_LIMITS } from './limits.ts'
export { MemoryEngine } from './memory-engine.ts'
