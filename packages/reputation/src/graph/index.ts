export * from './build.ts'
export * from './csr.ts'
export * from './trust-graph.ts'
