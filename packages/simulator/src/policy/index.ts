export * from './access-policy.ts'
export { type CreditFile, creditScore, IDENTITY_CAPS } from './credit-score.ts'
export { returnBound } from './worst-case.ts'
