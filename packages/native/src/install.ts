import {
  blsProvider,
  ed25519Provider,
  hashProvider,
  setBlsProvider,
  setEd25519Provider,
  setHashProvider,
  setVrfGroup,
  vrfGroup,
} from '@symbolon/primitives'
import { type Blst, createBlstProvider } from './blst-provider.ts'
import { createHashtreeProvider, type Hashtree } from './hashtree-provider.ts'
import { type ModuleLoader, requireModule } from './native-module.ts'
import type { Sodium } from './sodium.ts'
import { createSodiumEd25519Provider } from './sodium-ed25519-provider.ts'
import { createSodiumGroup } from './sodium-group.ts'

/** Names of the providers in use afterwards, and why a native one is not among them. */
export interface InstalledProviders {
  hash: string
  ed25519: string
  bls: string
  vrf: string
  /** Package name → message, for each native module that did not load or did not pass its self-test. */
  failures: Record<string, string>
}

/**
 * Puts the native providers in place for this process or worker thread (each needs its own call). A module that is
 * missing, or was built for another platform, leaves the portable provider where it was: results are the same,
 * only slower, so the caller decides whether that is acceptable.
 */
export function installNativeProviders(load: ModuleLoader = requireModule): InstalledProviders {
  const failures: Record<string, string> = {}
  function attempt(name: string, install: (module: unknown) => void): void {
    try {
      install(load(name))
    } catch (error) {
      failures[name] = error instanceof Error ? error.message : String(error)
    }
  }

  attempt('@chainsafe/hashtree', (module) => {
    const hashtree = module as Hashtree
    // Finds a build that lacks this processor's instructions before anything relies on it.
    hashtree.hashInto(new Uint8Array(64), new Uint8Array(32))
    setHashProvider(createHashtreeProvider(hashtree))
  })
  attempt('sodium-native', (module) => {
    const sodium = module as Sodium
    sodium.crypto_sign_seed_keypair(new Uint8Array(32), new Uint8Array(64), new Uint8Array(32))
    setEd25519Provider(createSodiumEd25519Provider(sodium))
    setVrfGroup(createSodiumGroup(sodium))
  })
  attempt('@chainsafe/blst', (module) => {
    const blst = module as Blst
    blst.SecretKey.fromKeygen(new Uint8Array(32)).toPublicKey()
    setBlsProvider(createBlstProvider(blst))
  })
  return {
    hash: hashProvider().name,
    ed25519: ed25519Provider().name,
    bls: blsProvider().name,
    vrf: vrfGroup().name,
    failures,
  }
}
