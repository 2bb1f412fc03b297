/** One thing after the other: the terms of a channel name an account nonce, so an agent opens one channel at a time. */
import type { Agent } from './agent.ts'

const last = new WeakMap<Agent, Promise<unknown>>()

/** Runs `task` when every earlier one of this agent has ended, whichever way. */
export function takeTurn<T>(agent: Agent, task: () => Promise<T>): Promise<T> {
  const turn = (last.get(agent) ?? Promise.resolve()).then(task)
  last.set(
    agent,
    turn.catch(() => {}),
  )
  return turn
}
