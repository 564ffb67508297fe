import type { Provider, WriteLease } from "@geartrain/ports"
import type { EnginePorts } from "../engine/engine-ports.ts"
import type { Settings } from "../settings/settings.ts"
import { VERSION } from "../settings/version.ts"
import { nodeVersion, ownIdentity } from "../system/host.ts"
import { type OpenedStores, openStores } from "./open-stores.ts"

/** The engine's ports, filled with what this machine has. */
export interface Engine extends EnginePorts {
  readonly stores: OpenedStores
  /** Ends boxes that still run, and closes what is kept. */
  close(): Promise<void>
}

export interface OpenEngineOptions {
  /** Name of the provider to use; else that of the settings, else the fastest that works here. */
  readonly provider?: string
  /** Something will be stored: the garbage collector is kept away until the engine is closed. */
  readonly write?: boolean
}

/** Opens the engine: what is kept at once, a provider when the first box is started. */
export async function openEngine(
  settings: Pick<Settings, "home" | "cache" | "provider">,
  options: OpenEngineOptions = {},
): Promise<Engine> {
  const stores = await openStores(settings)
  const owner = ownIdentity()
  const lease: WriteLease | undefined = options.write ? await stores.guard.startWriting(owner) : undefined
  let provider: Promise<Provider> | undefined
  return {
    ...stores,
    stores,
    owner,
    versions: { engine: VERSION, node: nodeVersion() },
    provider: () => {
      provider ??= openProvider(settings, options.provider)
      return provider
    },
    close: async () => {
      // One that could not be opened was told where it was needed.
      await provider?.then(
        (opened) => opened.close(),
        () => undefined,
      )
      await lease?.end()
      await stores.close()
    },
  }
}

async function openProvider(
  settings: Pick<Settings, "cache" | "provider">,
  name: string | undefined,
): Promise<Provider> {
  const { chooseProvider } = await import("./choose-provider.ts")
  return chooseProvider(settings, name ?? settings.provider)
}
