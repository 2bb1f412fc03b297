/** What happens at a threshold: a row is flagged if its score is at least the threshold. */
import { ascending, type LabelledScores, type Labels, labelledScores } from './labelled-scores.ts'

export interface OperatingPoint {
  /** Infinity if nothing is flagged. */
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
  /** Flagged rows that are positive; NaN if none is flagged. */
  readonly precision: number
  /** Positives that are flagged; NaN without positives. */
  readonly recall: number
  /** Negatives that are flagged; NaN without negatives. */
  readonly falsePositiveRate: number
  /** Harmonic mean of precision and recall; 0 if no positive is flagged. */
  readonly f1: number
}

function pointOf(
  threshold: number,
  truePositives: number,
  falsePositives: number,
  positives: number,
  negatives: number,
): OperatingPoint {
  const falseNegatives = positives - truePositives
  return {
    threshold,
    truePositives,
    falsePositives,
    trueNegatives: negatives - falsePositives,
    falseNegatives,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / positives,
    falsePositiveRate: falsePositives / negatives,
    f1: truePositives === 0 ? 0 : (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
  }
}

/** Errors: EVALUATION_INVALID. */
export function confusionAt(scores: ArrayLike<number>, labels: Labels, threshold: number): OperatingPoint {
  const known = labelledScores(scores, labels)
  let truePositives = 0
  let falsePositives = 0
  for (let row = 0; row < known.scores.length; row++) {
    if ((known.scores[row] as number) < threshold) continue
    if (known.labels[row] === 1) truePositives++
    else falsePositives++
  }
  return pointOf(threshold, truePositives, falsePositives, known.positives, known.negatives)
}

/** Visits every threshold that changes anything, from none flagged to all. Rows of equal score are flagged together. */
function eachPoint(
  { scores, labels }: LabelledScores,
  visit: (threshold: number, truePositives: number, falsePositives: number) => void,
): void {
  const order = ascending(scores)
  let truePositives = 0
  let falsePositives = 0
  visit(Infinity, 0, 0)
  for (let place = order.length - 1; place >= 0; place--) {
    const row = order[place] as number
    if (labels[row] === 1) truePositives++
    else falsePositives++
    const score = scores[row] as number
    if (place > 0 && scores[order[place - 1] as number] === score) continue
    visit(score, truePositives, falsePositives)
  }
}

/** The lowest threshold whose false-positive rate is at most `rate`: most recall within it. Errors: EVALUATION_INVALID. */
export function atFalsePositiveRate(scores: ArrayLike<number>, labels: Labels, rate: number): OperatingPoint {
  const known = labelledScores(scores, labels)
  const allowed = rate * known.negatives
  let best: [number, number, number] = [Infinity, 0, 0]
  eachPoint(known, (...point) => {
    if (point[2] <= allowed) best = point
  })
  return pointOf(...best, known.positives, known.negatives)
}

/** The threshold of highest F1; of equals the highest threshold. It is chosen on these rows: report it as such. */
export function bestF1(scores: ArrayLike<number>, labels: Labels): OperatingPoint {
  const known = labelledScores(scores, labels)
  let best = pointOf(Infinity, 0, 0, known.positives, known.negatives)
  eachPoint(known, (...point) => {
    const here = pointOf(...point, known.positives, known.negatives)
    if (here.f1 > best.f1) best = here
  })
  return best
}

/** Step-wise area under precision over recall, rows of equal score together. NaN without positives. */
export function averagePrecision(scores: ArrayLike<number>, labels: Labels): number {
  const known = labelledScores(scores, labels)
  let area = 0
  let before = 0
  eachPoint(known, (_, truePositives, falsePositives) => {
    if (truePositives > before)
      area += ((truePositives - before) * truePositives) / (truePositives + falsePositives)
    before = truePositives
  })
  return area / known.positives
}

/** Precision at a prevalence other than the sample's (TRU-049): what share of flags will be right out there. */
export function precisionAtPrevalence(prevalence: number, recall: number, falsePositiveRate: number): number {
  const right = prevalence * recall
  return right / (right + (1 - prevalence) * falsePositiveRate)
}
