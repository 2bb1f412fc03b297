/** The thread that computes one epoch and ends; see compute.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Hash } from '@symbolon/primitives'
import { computeEpoch, decodeInput, type EpochPages, type ScoringParameters } from '@symbolon/reputation'

export interface EpochTask {
  readonly frame: Hash
  readonly epoch: number
  readonly pages: EpochPages
  readonly parameters: ScoringParameters
}

const { frame, epoch, pages, parameters } = workerData as EpochTask
const { vectors, root, inputDigest } = computeEpoch(frame, decodeInput(epoch, pages), parameters)
parentPort?.postMessage({ vectors, root, inputDigest })
