/** Computes an epoch without holding up blocks: small ones here, others in a thread of their own that ends with them. */
import { Worker } from 'node:worker_threads'
import { computeEpoch, decodeInput } from '@symbolon/reputation'
import { EPOCH_INLINE_RELATIONS_MAX } from '../limits.ts'
import { type EpochResult, EpochScores } from './epoch-scores.ts'
import type { EpochTask } from './epoch-thread.ts'

/** Rejects if the pages are no input, or the thread dies; `signal` ends the thread. */
export async function computeScores(task: EpochTask, signal: AbortSignal): Promise<EpochScores> {
  const input = decodeInput(task.epoch, task.pages)
  const result =
    input.edges.length <= EPOCH_INLINE_RELATIONS_MAX
      ? computeEpoch(task.frame, input, task.parameters)
      : await inThread(task, signal)
  return new EpochScores(task.frame, input, result)
}

function inThread(task: EpochTask, signal: AbortSignal): Promise<EpochResult> {
  const extension = import.meta.url.slice(-3)
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`./epoch-thread${extension}`, import.meta.url), { workerData: task })
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop)
      reject(new Error(`the thread that computes scores ended with code ${code}`))
    })
    if (signal.aborted) stop()
  })
}
