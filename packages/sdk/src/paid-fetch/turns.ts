/** One thing after the other. Purchases of an agent take turns: its account nonce, and what its keys are told they sign for, are one each. */
import type { Agent } from '../wallet/agent.ts'

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
