/**
 * The life of a channel as one side sees it (CON-110). `opening` lasts until the ledger has recorded the channel; `closing` from
 * the first final state that I signed; `disputed` and `settling` follow the ledger's record; `closed` is for ever.
 */
export const PHASES = ['opening', 'open', 'closing', 'disputed', 'settling', 'closed', 'abandoned'] as const
export type Phase = (typeof PHASES)[number]
