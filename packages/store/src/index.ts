export * from './engine/index.ts'
export * from './frame/index.ts'
