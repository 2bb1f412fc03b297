/** What no score can promise; to be printed beside every one of them (TRU-021). */
export const SCORE_CAVEAT =
  'No symmetric reputation function is Sybil-proof (Cheng and Friedman 2005). Defences that read the structure of a ' +
  'graph, as these scores do, detect one thing: a sparse cut between a region and the anchors (Viswanath and others ' +
  '2010; Alvisi and others 2013). They fail against an attacker with many accepted edges, and they mark down honest ' +
  'communities that are far from the anchors. A flag starts a review; it is not proof.'

/** The short form, where there is room for one line. */
export const SCORE_CAVEAT_BRIEF =
  'Structure shows a sparse cut, not intent: attackers with many accepted edges escape, and honest newcomers far from anchors look alike.'
