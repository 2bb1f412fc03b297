export { SCORE_CAVEAT } from './caveat.ts'
export type * from './data.ts'
export { reportPage } from './page.ts'
export { shownText } from './shown-text.ts'
