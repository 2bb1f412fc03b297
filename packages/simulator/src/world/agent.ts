/** Who lives in a world. Identifiers say nothing about roles: nodes are sorted by them, and order must not leak labels. */

/**
 *   honest    trades on its own account; labelled HONEST even if it sold a bridge or is a victim
 *   attacker  controlled by the attacker; labelled SYBIL
 *   corrupt   an anchor that took a bribe: UNLABELLED, neither a Sybil nor honest
 */
export type Role = 'honest' | 'attacker' | 'corrupt'

/** TRU-081: decides the cap on what a score can do (0.35, 0.85, 1). */
export type Identity = 'unverified' | 'attested' | 'verified'

export interface Agent {
  readonly id: string
  readonly role: Role
  /** Ground truth, 0 … 1: probability that a delivery satisfies. Independent of wealth. */
  readonly quality: number
  /** USDC at hand, log-normal: scales what a trade is worth, and nothing else (E1). */
  readonly wealth: number
  /** Day of registration. */
  readonly joined: number
  readonly identity: Identity
}

/** 2³² distinct identifiers in scattered order: the finaliser of MurmurHash3 is a bijection of 32-bit numbers. */
export function agentId(place: number, seed: number): string {
  let h = (place + Math.imul(seed, 0x9e3779b9)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return `agent-${((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0')}`
}
