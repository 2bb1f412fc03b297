/** What both processes of stream-socket agree on. */

/** One row per tick: what the tick buys. */
export const ROW_BYTES = 16
/** Ticks that the buyer pays ahead of the rows that have arrived: what it risks, and what is under way. */
export const WINDOW_UNITS = 16_384
