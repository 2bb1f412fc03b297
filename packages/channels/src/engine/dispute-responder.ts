/** Answers a dispute while the engine runs: what respond.ts says, sent once each, again with the next height if the ledger was out of reach. */
import type { ChannelRecord, SignedChannelState } from '@symbolon/protocol'
import { type Evidence, respondToDispute, responseKey } from '../watcher/respond.ts'
import type { Core, CoreView, Unsigned } from './core.ts'
import { isFullySigned, joinSignatures, unsigned } from './derive.ts'
import type { ChannelLedger } from './ledger.ts'

export class DisputeResponder {
  readonly #ledger: ChannelLedger
  readonly #inFlight = new Set<string>()

  constructor(ledger: ChannelLedger) {
    this.#ledger = ledger
  }

  async respond(record: ChannelRecord, evidence: Evidence, height: bigint): Promise<void> {
    for (const payload of respondToDispute(record, evidence, height, this.#ledger.challengeExtension)) {
      const key = responseKey(payload)
      if (this.#inFlight.has(key)) continue
      this.#inFlight.add(key)
      try {
        await this.#ledger.submit(payload)
      } catch {
        // The next height calls again.
      } finally {
        this.#inFlight.delete(key)
      }
    }
  }
}

/**
 * The newest state that can be proven: a proposal of the peer's that I answered with another is a full state once I sign it, and closing
 * with anything older could cost the bond (CON-115). If the signer refuses, the newest signed state.
 */
export async function bestProvable(
  core: Core,
  sign: (next: Unsigned) => Promise<Uint8Array>,
  verify: CoreView['verify'],
): Promise<SignedChannelState> {
  const { theirs, signed, frame, party } = core
  if (theirs === undefined || theirs.state.sequence <= signed.state.sequence) return signed
  const { state, operations, included } = theirs
  try {
    const own = await sign(unsigned({ frame }, state, operations, included))
    const completed = { state, signatures: joinSignatures(party, own, theirs.signature) }
    return isFullySigned(core, completed, verify) ? completed : signed
  } catch {
    return signed
  }
}
