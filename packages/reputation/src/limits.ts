/** Bounds of the trust engine. */

/** Nodes of one graph; an index must fit in 32 bits with room for sentinels. */
export const NODES_MAX = 2 ** 31 - 1
/** Pieces of evidence of one graph, and therefore merged edges of one layer. */
export const EDGES_MAX = 2 ** 31 - 1
/** UTF-8 bytes of one identifier. */
export const ID_BYTES_MAX = 1_024
/** UTF-8 bytes of all identifiers of one graph: offsets have 32 bits. */
export const ID_BYTES_TOTAL_MAX = 2 ** 32 - 1
/** Weight of one edge: the sum of EDGES_MAX of them is still finite. */
export const WEIGHT_MAX = 1e100
/** Bytes of one line of a file of edges, anchors or labels. */
export const LINE_BYTES_MAX = 65_536
/** Columns of a file of edges. */
export const COLUMNS_MAX = 64
/** Edge rules: longest cycle that is looked for in a component that is closed (TRU-008). */
export const CAROUSEL_CYCLE_MAX = 8
/** Edge rules: edges looked at in one graph for those cycles, some seconds; edges after that are not penalised. */
export const CAROUSEL_SEARCH_MAX = 500_000_000

/** Boosted trees: trees of one model. */
export const BOOSTED_TREES_MAX = 10_000
/** Depth of one tree; 2^16 leaves. */
export const TREE_DEPTH_MAX = 16
/** Columns of a feature matrix that trains trees. */
export const FEATURES_MAX = 4_096
/** Rows that train: gradients are whole multiples of a step, and the sum of all must stay exact in 53 bits. */
export const TRAINING_ROWS_MAX = 2 ** 26
/** Bytes of a stored model read from outside. */
export const MODEL_BYTES_MAX = 64 * 2 ** 20

/** Signed networks: edges of one file. */
export const SIGNED_EDGES_MAX = 5_000_000
/** Rated pairs without which nothing can be learned or tested. */
export const SIGNED_PAIRS_MIN = 10
/** Windows of time that a predictor of what comes next learns from, and refreshes of what is known during a test. */
export const SIGNED_WINDOWS_MAX = 100
/** Resamples of raters for an interval. */
export const SIGNED_BOOTSTRAP_RESAMPLES = 400
/** Folds of a cross-validation of rating prediction. */
export const SIGNED_FOLDS_MAX = 100
/** Fairness and goodness: steps, and the change below which it has converged. */
export const FAIRNESS_STEPS_MAX = 100
export const FAIRNESS_TOLERANCE = 1e-6
/** Bias and deserve; signed HITS: steps, and the change below which they have converged. */
export const BIAS_STEPS_MAX = 100
export const BIAS_TOLERANCE = 1e-6
export const SIGNED_HITS_STEPS_MAX = 100
export const SIGNED_HITS_TOLERANCE = 1e-9
/** Neighbours looked at in one list by features over triads; longer lists are thinned evenly. */
export const TRIAD_NEIGHBOURS_MAX = 512
/** Rows that train a rating predictor; more are thinned by a seeded draw. Features still see every edge. */
export const SIGNED_TRAINING_ROWS_MAX = 120_000

/** Report: nodes drawn; a layout of so many takes a few seconds. */
export const REPORT_NODES_MAX = 3_000
/** Lines drawn between them. */
export const REPORT_LINES_MAX = 12_000
/** Rows of one table. */
export const REPORT_ROWS_MAX = 200
/** Bars of one chart; the table below it holds the rest. */
export const REPORT_BARS_MAX = 40
/** Columns of scores, and of signals. */
export const REPORT_COLUMNS_MAX = 32
/** Characters of an identifier that are shown, with `…` in the middle if it is longer. */
export const REPORT_NAME_MAX = 128
/** Characters of any other text. */
export const REPORT_PROSE_MAX = 600
/** Bytes of a page under all bounds above. */
export const REPORT_BYTES_MAX = 16 * 2 ** 20

/** Ranking: steps of PageRank, EigenTrust and personalised PageRank; 1e-12 takes 170 at a damping of 0.85 (TRU-013). */
export const TELEPORT_STEPS_MAX = 500
/** Steps of HITS; it converges by the ratio of the two largest singular values, which nothing bounds (TRU-017). */
export const HITS_STEPS_MAX = 1000
/** Steps of absorbing walks; the map contracts by the survival probability, 0.85 unless told. */
export const ABSORBING_STEPS_MAX = 1000
/** Basis vectors of the Lanczos iteration: 8 bytes a node each. */
export const LANCZOS_BASIS = 32
/** Applications of the operator per eigenpair. */
export const LANCZOS_STEPS_MAX = 3000
/** Nodes from which the Lanczos iteration keeps no basis; steps of it before the one that does takes over. */
export const LEAN_NODES_MIN = 20_000
export const LEAN_STEPS_MAX = 800
/** Memory for vectors that would otherwise be computed a second time. */
export const LEAN_KEPT_BYTES_MAX = 2 ** 28
/** Nodes from which products pay for renumbering: a vector of them does not fit a core's own cache. */
export const RENUMBERED_NODES_MIN = 200_000
/** Walks for the distance from the nearest anchor; more anchors than that walk in groups. */
export const ANCHOR_WALKS_MAX = 64

/** Epochs of a frame: agents that are scored; the rest of a larger frame is left out, lightest record first. */
export const EPOCH_NODES_MAX = 8_000
/** Relations that are scored; beyond, the lightest are dropped. */
export const EPOCH_EDGES_MAX = 64_000
/** Agents and relations in one page of the canonical input: pages stay below 64 KiB. */
export const EPOCH_NODES_PER_PAGE = 500
export const EPOCH_EDGES_PER_PAGE = 2_000
/** Evidence in one page of an epoch's log. */
export const EVIDENCE_PER_PAGE = 128
/** Largest accumulated amount of evidence: fixed point multiplies it exactly (fixed/scale.ts). */
export const EVIDENCE_MAX = 2 ** 44 - 1
/** Response time that an attestation may report, milliseconds. */
export const LATENCY_MS_MAX = 600_000

/** Evaluation of labels: draws of seeds, and shares of seeds in one run. */
export const LABEL_DRAWS_MAX = 100
export const LABEL_FRACTIONS_MAX = 32
