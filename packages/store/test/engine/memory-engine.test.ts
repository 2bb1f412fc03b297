import { MemoryEngine } from '../../src/engine/index.ts'
import { describeCompliance } from './compliance.ts'

describeCompliance({ name: 'MemoryEngine', open: async () => new MemoryEngine() })
