import { SymbolonError } from '@symbolon/primitives'

/** A rule of the ledger was broken: the transaction is included, charged, and has no other effect. The code is the receipt's. */
export class LedgerError extends SymbolonError {}
