/** Ctrl-C and SIGTERM: the first asks for a graceful end, the second ends at once. */
import { SHUTDOWN_TIMEOUT_MS } from './limits.ts'

export interface Interruption {
  readonly signal: AbortSignal
  /** Resolves at the first Ctrl-C or SIGTERM. */
  readonly asked: Promise<void>
  /** Back to the default behaviour of the signals. */
  release(): void
}

/**
 * @param deadline whether the process is ended by force when it has not come to rest within SHUTDOWN_TIMEOUT_MS of the first signal:
 * right for servers, whose work is durable anyway; wrong for a purchase that should end in order.
 */
export function onInterruption({ deadline }: { deadline: boolean }): Interruption {
  const controller = new AbortController()
  let resolveAsked: () => void = () => {}
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve
  })
  const take = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    resolveAsked()
    if (deadline)
      setTimeout(() => {
        process.stderr.write(
          'symbolon: SHUTDOWN_TIMEOUT: it did not come to rest in time and is ended by force\n',
        )
        process.exit(1)
      }, SHUTDOWN_TIMEOUT_MS).unref()
  }
  process.on('SIGINT', take)
  process.on('SIGTERM', take)
  return {
    signal: controller.signal,
    asked,
    release: () => {
      process.removeListener('SIGINT', take)
      process.removeListener('SIGTERM', take)
    },
  }
}
