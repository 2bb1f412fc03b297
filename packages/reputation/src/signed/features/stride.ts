import { TRIAD_NEIGHBOURS_MAX } from '../../limits.ts'

/** Lists longer than TRIAD_NEIGHBOURS_MAX are thinned evenly: every ⌈length / bound⌉-th entry is looked at. */
export const stride = (length: number): number => Math.max(1, Math.ceil(length / TRIAD_NEIGHBOURS_MAX))
