export * from './scores.ts'
