export { VRF_OUTPUT_BYTES, VRF_PROOF_BYTES, VrfHashToCurveError, type VrfSuite } from './ecvrf.ts'
export { type EdwardsGroup, IDENTITY, nobleEdwardsGroup, setVrfGroup, vrfGroup } from './group.ts'
export { VrfKeyPair, vrf } from './vrf.ts'
