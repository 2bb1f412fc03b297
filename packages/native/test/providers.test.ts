import { describeBlsProvider } from '../../primitives/test/bls/provider-compliance.ts'
import { describeEd25519Provider } from '../../primitives/test/ed25519/provider-compliance.ts'
import { describeHashProvider } from '../../primitives/test/hash/provider-compliance.ts'
import { describeVrfGroup } from '../../primitives/test/vrf/group-compliance.ts'
import {
  type Blst,
  createBlstProvider,
  createHashtreeProvider,
  createSodiumEd25519Provider,
  createSodiumGroup,
  type Hashtree,
  requireModule,
  type Sodium,
} from '../src/index.ts'

// The suites that the portable providers pass, unchanged.
describeHashProvider(createHashtreeProvider(requireModule('@chainsafe/hashtree') as Hashtree))
describeEd25519Provider(createSodiumEd25519Provider(requireModule('sodium-native') as Sodium))
describeBlsProvider(createBlstProvider(requireModule('@chainsafe/blst') as Blst))
describeVrfGroup(createSodiumGroup(requireModule('sodium-native') as Sodium))
