import type { Provider, RootForm, WriteLease } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import type { EnginePorts } from "../engine/engine-ports.ts"
import { type Clearing, openClearing } from "../engine/life/clearing.ts"
import type { Settings } from "../settings/settings.ts"
import { VERSION } from "../settings/version.ts"
import { nextTurn } from "../system/clock.ts"
import { nodeVersion, ownIdentity } from "../system/host.ts"
import { allEnded } from "./all-ended.ts"
import { type OpenedStores, openStores } from "./stores/open-stores.ts"

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
  /** A box will be started, most likely: the provider is opened, and begins with what takes time, while other things are done. */
  readonly box?: boolean
}

/** Opens the engine: what is kept at once, a provider when the first box is started. */
export async function openEngine(
  settings: Pick<Settings, "home" | "cache" | "provider" | "freshInputs">,
  options: OpenEngineOptions = {},
): Promise<Engine> {
  let opened: Promise<Provider> | undefined
  const provider = (): Promise<Provider> => {
    opened ??= openProvider(settings, options.provider)
    return opened
  }
  let clearing: Clearing | undefined
  const closeProvider = async (): Promise<void> => {
    // One that could not be opened was told where it was needed.
    const used = await opened?.catch(() => undefined)
    await allEnded([clearing?.close(), used?.close()])
  }
  if (options.box === true) {
    // The same.
    provider().then(
      (used) => used.warmUp(),
      () => undefined,
    )
    // A provider that is known starts its helper without waiting for anything: that runs beside all that follows.
    await nextTurn()
  }
  let stores: OpenedStores | undefined
  try {
    stores = await openStores(settings, { rootForm: () => mountableForm(provider) })
    clearing = openClearing(`${stores.spareFolder}/jobs`)
    const owner = ownIdentity()
    const lease: WriteLease | undefined = options.write ? await stores.guard.startWriting(owner) : undefined
    const { inputDigests, close, ...ports } = stores
    return {
      ...ports,
      ...(settings.freshInputs === true ? {} : { inputDigests }),
      stores,
      owner,
      versions: { engine: VERSION, node: nodeVersion() },
      provider,
      clearing,
      close: async () => {
        try {
          await allEnded([closeProvider(), lease?.end()])
        } finally {
          await close()
        }
      },
    }
  } catch (error) {
    // What was first is told: what comes of closing most likely comes of it.
    await allEnded([closeProvider(), stores?.close()]).catch(() => undefined)
    throw error
  }
}

/**
 * Root may store a squashfs anywhere, and mount it only where the kernel has loop devices for it: in many containers and virtual machines it
 * has none. So what was found by trying decides.
 *
 * @returns undefined when nothing is known against the store's own choice.
 */
async function mountableForm(provider: () => Promise<Provider>): Promise<RootForm | undefined> {
  try {
    return (await provider()).capabilities.roots.includes("squashfs") ? undefined : "tree"
  } catch (error) {
    // Gears can be taken in where none can be run, and a tree is what every machine can mount.
    if (isGeartrainError(error, "PROVIDER_UNAVAILABLE")) return "tree"
    throw error
  }
}

async function openProvider(
  settings: Pick<Settings, "cache" | "provider">,
  name: string | undefined,
): Promise<Provider> {
  const { chooseProvider } = await import("./machine/choose-provider.ts")
  return chooseProvider(settings, name ?? settings.provider)
}
