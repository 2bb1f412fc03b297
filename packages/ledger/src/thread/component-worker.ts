/** A thread that executes components; see component-pool.ts. */
import { runComponent } from '../execution/component.ts'
import { type ComponentRequest, candidatesOf, sourceOf } from '../execution/component-message.ts'
import type { LedgerModule } from '../module.ts'
import { ModuleRegistry } from '../module-registry.ts'
import { runInstaller, serveThread, type ThreadInstaller } from './thread.ts'

serveThread<{ modules: string; installer?: ThreadInstaller }, ComponentRequest>(
  async ({ modules, installer }) => {
    await runInstaller(installer)
    const { MODULES } = (await import(modules)) as { MODULES: readonly LedgerModule[] }
    const registry = new ModuleRegistry(MODULES)
    return (request) => {
      const { environment } = request
      const rules = { ...environment, registry }
      return { value: runComponent(candidatesOf(request), sourceOf(request), environment, rules) }
    }
  },
)
