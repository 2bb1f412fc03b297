/** VRF proofs and verifications per second on each group. Run: `node packages/native/bench/vrf.ts`. */
import { nobleEdwardsGroup, setVrfGroup, vrf } from '@symbolon/primitives'
import { createSodiumGroup, requireModule, type Sodium } from '../src/index.ts'

for (const group of [nobleEdwardsGroup, createSodiumGroup(requireModule('sodium-native') as Sodium)]) {
  setVrfGroup(group)
  const pair = vrf.generateKeyPair(new Uint8Array(32).fill(1))
  const alpha = new Uint8Array(48).fill(2)
  const proof = pair.prove(alpha)
  for (const [title, run] of [
    ['prove', () => pair.prove(alpha)],
    ['verify', () => vrf.verify(pair.publicKey, alpha, proof)],
  ] as const) {
    for (let i = 0; i < 50; i++) run()
    const start = performance.now()
    let calls = 0
    while (performance.now() - start < 1000) {
      run()
      calls++
    }
    console.log(
      `VRF ${title.padEnd(8)} ${group.name.padEnd(14)} ${Math.round((calls * 1000) / (performance.now() - start))}/s`,
    )
  }
}
