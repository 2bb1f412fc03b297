/**
 * Which features can only speak for a pair (+1) or only against it (−1): better ratings of the target, a more lenient source, better
 * opinions of third nodes. The trees are held to it, so that they cannot learn from a few bursts of ratings that more praise is
 * a bad sign. Everything else is free (0).
 */
const FOR = new Set([
  ...['source gave', 'target got'].flatMap((side) =>
    ['mean', 'lowest', 'highest', 'last rating', 'last five'].map((field) => `${side}: ${field}`),
  ),
  ...['mean', 'lowest'].map((field) => `source got: ${field}`),
  ...['source leniency', 'source bias', 'source deviation from goodness'],
  ...['goodness', 'deserve', 'standing', 'authority', 'mean by trust', 'mean by goodness'].map(
    (score) => `target ${score}`,
  ),
  ...['fairness × goodness', 'additive', 'reciprocal', 'u→w→v: trusted opinion'],
  ...['w→u, w→v: rating of v', 'w→u, w→v: difference'],
  ...['residual', 'rating', 'nearest rating'].map((field) => `similar raters: ${field}`),
])
const AGAINST = new Set(
  ['source gave', 'target got']
    .flatMap((side) => ['negative share', 'recent share negative'].map((field) => `${side}: ${field}`))
    .concat('u→w→v: distrusted opinion'),
)

export const directions = (names: readonly string[]): (-1 | 0 | 1)[] =>
  names.map((name) => (FOR.has(name) ? 1 : AGAINST.has(name) ? -1 : 0))
