/**
 * The one place of this package that knows worker threads: a thread that answers requests, from both ends. Requests are
 * answered in order; an error inside the thread comes back as THREAD_FAILED, and a thread that dies fails everything that
 * waits for it.
 */

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { SymbolonError } from '@symbolon/primitives'

interface Answer {
  readonly value?: unknown
  readonly error?: string
}

/** A module and the name of a function in it that the thread calls first, such as the one that installs native providers. */
export interface ThreadInstaller {
  /** URL that `import()` accepts. */
  readonly module: string
  readonly install: string
}

export class Thread {
  readonly #worker: Worker
  readonly #waiting: { resolve: (value: never) => void; reject: (error: Error) => void }[] = []
  #failure: Error | undefined

  /** @param module URL of a module that calls `serveThread` */
  constructor(module: URL, data: unknown) {
    this.#worker = new Worker(module, { workerData: data })
    this.#worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.shift()
      if (answer.error === undefined) waiting?.resolve(answer.value as never)
      else waiting?.reject(failed(answer.error))
    })
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread ended with code ${code}`)))
    // A ledger that nobody uses any more must not keep the process alive; a pending request does.
    this.#worker.unref()
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return this.#waiting.length
  }

  request<T>(message: unknown, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(message, [...transfer])
    }).finally(() => {
      if (this.#waiting.length === 0) this.#worker.unref()
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: Error): void {
    this.#failure ??= failed(error.message)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}

function failed(why: string): SymbolonError {
  return new SymbolonError('THREAD_FAILED', `a worker thread failed: ${why}; the request had no effect`)
}

/** Inside a thread: its data, and one answer per request, which may name what to transfer back. */
export function serveThread<Data, Request>(
  start: (data: Data) => Promise<(request: Request) => { value: unknown; transfer?: readonly ArrayBuffer[] }>,
): void {
  const port = parentPort
  if (port === null) throw new SymbolonError('THREAD_FAILED', 'this module only runs inside a worker thread')
  const ready = start(workerData as Data)
  port.on('message', (request: Request) => {
    ready
      .then((answer) => answer(request))
      .then(
        ({ value, transfer = [] }) => port.postMessage({ value }, [...transfer]),
        (error: unknown) =>
          port.postMessage({
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          }),
      )
      .catch(() => port.close())
  })
}

/** Runs the installer inside the thread. */
export async function runInstaller(installer: ThreadInstaller | undefined): Promise<void> {
  if (installer === undefined) return
  const module = (await import(installer.module)) as Record<string, unknown>
  const install = module[installer.install]
  if (typeof install !== 'function')
    throw new SymbolonError('THREAD_FAILED', `${installer.module} has no function ${installer.install}`)
  await install()
}
