import { createRequire } from 'node:module'

/** Loads a CommonJS package by name, as `require` does. Replaceable, so that its failure can be tested. */
export type ModuleLoader = (name: string) => unknown

export const requireModule: ModuleLoader = createRequire(import.meta.url)
