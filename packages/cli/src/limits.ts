/** Every bound of the command line, with its default. */

/** Bytes of a file that a command reads whole: configuration, mandate, secret, password, genesis. */
export const SMALL_FILE_BYTES_MAX = 8_388_608
/** Bytes of a file whose rows are sold: they are held in memory while they are for sale. */
export const GOODS_FILE_BYTES_MAX = 1_073_741_824
/** Characters of the name of an agent. */
export const AGENT_NAME_CHARACTERS_MAX = 32
/** Names in the address book of one home. */
export const ADDRESSES_MAX = 1_024
/** Accounts that `init` can fund. */
export const AGENTS_MAX = 64
/** Time for a node or a seller to come to rest after Ctrl-C; after it the process ends by force, with exit code 1. */
export const SHUTDOWN_TIMEOUT_MS = 4_500
/** How often the list of sales is compared with what was shown, milliseconds. */
export const SALES_POLL_MS = 25
/** How often a dispute is looked at while `channel dispute --wait` waits, milliseconds. */
export const DISPUTE_POLL_MS = 200
/** Least time between two progress lines on a terminal, milliseconds. */
export const PROGRESS_INTERVAL_MS = 100
/** Life of a mandate unless `--expires` says otherwise, seconds. */
export const MANDATE_SECONDS_DEFAULT = 30 * 86_400
/** Life of a credential unless `--expires` says otherwise, seconds. */
export const CREDENTIAL_SECONDS_DEFAULT = 600
/** Entries and hits that a list shows unless `--limit` says otherwise. */
export const LIST_LENGTH_DEFAULT = 20
/** Pages that a list is read in at most: a node that never stops paging is not followed for ever. */
export const LIST_PAGES_MAX = 50
/** Bytes of an answer that `fetch` takes: it is held in memory. */
export const FETCH_BODY_BYTES_MAX = 67_108_864
/** Characters of a result file that are gathered before they are written. */
export const RESULT_CHUNK_CHARACTERS = 1_048_576
/** Bytes of a file of groups, unpacked: it is read whole. */
export const LABEL_FILE_BYTES_MAX = 268_435_456
