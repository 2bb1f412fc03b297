/**
 * What the command line refuses by itself. Errors of the packages below pass through unchanged; `exitCodeOf` says what each
 * becomes for the shell. Codes by exit code:
 *
 * - 2: USAGE, NODE_TOO_OLD, CONFIG_MALFORMED, NAME_UNKNOWN, NAME_MALFORMED, SETTING_MALFORMED, FILE_UNREADABLE, FILE_TOO_LARGE
 * - 4: PASSWORD_MISSING, PASSWORD_MISMATCH
 * - 1: HOME_MISSING, HOME_EXISTS, KEY_MISSING, KEY_KIND, FILE_EXISTS, MANDATE_MISSING, PURCHASE_AMBIGUOUS, OUT_MISMATCH,
 *   IDENTITY_UNKNOWN, CHANNEL_UNKNOWN, CONFIRMATION_MISSING, ADDRESS_IN_USE, SHUTDOWN_TIMEOUT, RECEIPT_BROKEN, CREDENTIAL_REFUSED, SCORES_DIFFER
 * - 130: INTERRUPTED
 */
import { SymbolonError } from '@symbolon/primitives'

export class CliError extends SymbolonError {}
