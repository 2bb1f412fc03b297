/**
 * Ticks verified in process on one core: the payee's `ReceivedChain.accept`, tick by tick (one hash each), against the bare
 * hash of the same provider. Bar: 2,000,000/s.
 */
import { hashChainStep, hashProvider, sha256, utf8 } from '@symbolon/primitives'
import { streamTag } from '@symbolon/protocol'
import { installNativeProviders } from '../../native/src/index.ts'
import { HashChain, ReceivedChain } from '../src/index.ts'
import { FRAME, report } from './support.ts'

const LENGTH = 65_536
const ROUNDS = 40

installNativeProviders()
const channel = sha256(utf8('channel')) as typeof FRAME
const tag = streamTag(FRAME, channel, 2n)
const sent = await HashChain.create(
  sha256(utf8('secret')),
  FRAME,
  channel,
  2n,
  LENGTH,
  LENGTH,
  async () => {},
)
const preimages = Array.from({ length: LENGTH + 1 }, (_, index) => sent.preimage(index))

function receive(): void {
  const chain = new ReceivedChain({
    stream: 2n,
    run: 2n,
    length: LENGTH,
    tickValue: 1n,
    tag,
    index: 0,
    preimage: sent.root,
  })
  for (let index = 1; index <= LENGTH; index++) chain.accept(index, preimages[index] as Uint8Array)
}

function hashOnly(): void {
  const value = (preimages[LENGTH] as Uint8Array).slice()
  for (let index = 0; index < LENGTH; index++) hashChainStep(value, tag, value)
}

function perSecond(run: () => void): number {
  run()
  const startMs = performance.now()
  for (let round = 0; round < ROUNDS; round++) run()
  return (ROUNDS * LENGTH * 1_000) / (performance.now() - startMs)
}

const ceiling = perSecond(hashOnly)
report(`ticks verified in process (${hashProvider().name})`, perSecond(receive), 'ticks/s', ceiling)
