export { costThreshold, scaleOdds, shiftBaseRate, withoutPositiveWeight } from './base-rate.ts'
export { type Calibration, calibrated, calibrationFromObject, fitCalibration } from './calibration.ts'
export { fitIsotonic, type IsotonicCalibration } from './isotonic.ts'
export { fitLogistic, type LogisticCalibration } from './logistic-fit.ts'
