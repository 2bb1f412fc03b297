/** The best split of a node from its histogram (TRU-046). */
import { MISSING_BIN } from './bins.ts'
import { STRIDE } from './histogram.ts'

/** XGBoost's threshold on the gain 10⁻⁶, halved with the gain: what is smaller is rounding. */
const GAIN_MIN = 5e-7

export interface SplitRules {
  readonly lambda: number
  readonly minChildWeight: number
  readonly gradientStep: number
  readonly curvatureStep: number
  /** All zero if there are no constraints. */
  readonly monotone: Int8Array
  readonly constrained: boolean
}

/** Leaf values of a node's descendants stay within; infinite without constraints. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

export interface Split {
  readonly feature: number
  /** Slots 0 … bin go left; the last slot if only missing values go right. */
  readonly bin: number
  readonly missingLeft: boolean
  /** Sums of the left child, whole. */
  readonly gLeft: number
  readonly hLeft: number
  /** ½[G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ)], without γ. */
  readonly gain: number
}

/** −G/(H+λ) within the bounds. g and h are sums in units of the loss. */
export function leafValue(g: number, h: number, lambda: number, { low, high }: Bounds): number {
  const value = h + lambda > 0 ? -g / (h + lambda) : 0
  return value < low ? low : value > high ? high : value
}

/** Half of the loss that a leaf of this value removes, to second order. */
function removed(g: number, h: number, lambda: number, value: number): number {
  return -(g * value + 0.5 * (h + lambda) * value * value)
}

/**
 * The split of highest gain; ties go to the lower feature, then the lower bin, then missing to the right. Where a node saw
 * no missing value, a missing one goes with the heavier child. Undefined if nothing gains.
 */
export function bestSplit(
  histogram: Float64Array,
  cuts: readonly Float64Array[],
  gTotal: number,
  hTotal: number,
  rules: SplitRules,
  bounds: Bounds,
): Split | undefined {
  const { lambda, minChildWeight, gradientStep, curvatureStep, monotone, constrained } = rules
  const whole = removed(
    gTotal * gradientStep,
    hTotal * curvatureStep,
    lambda,
    leafValue(gTotal * gradientStep, hTotal * curvatureStep, lambda, bounds),
  )
  let gain = GAIN_MIN
  let best: Split | undefined
  for (let feature = 0; feature < cuts.length; feature++) {
    const base = feature * STRIDE
    const gMissing = histogram[base + 2 * MISSING_BIN] as number
    const hMissing = histogram[base + 2 * MISSING_BIN + 1] as number
    const sides = hMissing === 0 && gMissing === 0 ? 1 : 2
    const last = (cuts[feature] as Float64Array).length
    let g = 0
    let h = 0
    // The last candidate parts what is present from what is missing.
    const end = sides === 2 ? last + 1 : last
    for (let bin = 0; bin < end; bin++) {
      const slot = base + 2 * bin
      g += histogram[slot] as number
      h += histogram[slot + 1] as number
      // Missing against present is the last candidate's case.
      if (h === 0) continue
      for (let side = 0; side < sides; side++) {
        const gLeft = side === 0 ? g : g + gMissing
        const hLeft = side === 0 ? h : h + hMissing
        const hRight = hTotal - hLeft
        if (hLeft <= 0 || hRight <= 0) continue
        const hl = hLeft * curvatureStep
        const hr = hRight * curvatureStep
        if (hl < minChildWeight || hr < minChildWeight) continue
        const gl = gLeft * gradientStep
        const gr = (gTotal - gLeft) * gradientStep
        let candidate: number
        if (constrained) {
          const left = leafValue(gl, hl, lambda, bounds)
          const right = leafValue(gr, hr, lambda, bounds)
          if ((monotone[feature] as number) * (right - left) < 0) continue
          candidate = removed(gl, hl, lambda, left) + removed(gr, hr, lambda, right) - whole
        } else candidate = 0.5 * ((gl * gl) / (hl + lambda) + (gr * gr) / (hr + lambda)) - whole
        if (candidate > gain) {
          gain = candidate
          const missingLeft = sides === 1 ? 2 * hLeft > hTotal : side === 1
          best = { feature, bin, missingLeft, gLeft, hLeft, gain }
        }
      }
    }
  }
  return best === undefined ? undefined : { ...best, bin: middleBin(histogram, cuts, best) }
}

/**
 * Empty slots behind a split part the same rows wherever it lies among them: it goes to their middle, as exact greedy puts it
 * midway between two values, and behind the last slot if only missing values are on the right.
 */
function middleBin(histogram: Float64Array, cuts: readonly Float64Array[], { feature, bin }: Split): number {
  const last = (cuts[feature] as Float64Array).length
  let end = bin
  while (end < last && histogram[feature * STRIDE + 2 * (end + 1) + 1] === 0) end++
  return end === last ? last : bin + ((end - bin) >> 1)
}
