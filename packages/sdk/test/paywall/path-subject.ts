/** Internals under test, reached by their files because the package does not export them. */
export { foldPath, requirePlainPath } from '../../src/paywall/path.ts'
export { mayMean as mayMeanForTest } from '../../src/paywall/route.ts'
