import { SymbolonError } from '@symbolon/primitives'

/** A rule of the ledger was broken: the transaction is included, charged, and has no other effect. The code is the receipt's. */
export class LedgerError extends SymbolonError {}

/**
 * The ledger itself is wrong (a module broke its contract, the books do not balance): never a receipt. The block is refused;
 * a proposer leaves the transaction out that caused it.
 */
export class LedgerFault extends SymbolonError {}

/** A block that this ledger cannot accept; `details.field` names what differs. */
export class BlockError extends SymbolonError {}
