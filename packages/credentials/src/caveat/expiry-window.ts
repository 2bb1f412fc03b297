/**
 * How long a credential for one task should live: the task and twice the greatest clock skew between the holder and
 * the verifier (CAV-6), in seconds. 300 s of task at 5 s of skew give 310 s.
 */
export function expiryWindowSeconds(taskSeconds: number, clockSkewSecondsMax: number): number {
  return taskSeconds + 2 * clockSkewSecondsMax
}
