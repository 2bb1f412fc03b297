export type * from './matrix.ts'
