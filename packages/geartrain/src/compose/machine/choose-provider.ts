import type { Provider } from "@geartrain/ports"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { type KnownProvider, type KnownProviders, readKnownProviders, rememberProviders } from "./known-providers.ts"
import { isProviderName, type ProviderName, providerNames } from "./provider-names.ts"

/**
 * Opens the provider of a name, or else the fastest that works here. What was tried once is not tried again while the machine stays as it is.
 *
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE with what each was refused, when none works.
 */
export async function chooseProvider(settings: Pick<Settings, "cache">, name?: string): Promise<Provider> {
  if (name !== undefined && !isProviderName(name)) throw unknown(name)
  const candidates = name === undefined ? providerNames() : [name]
  const known = readKnownProviders(settings)
  const found: KnownProviders = { ...known }
  const refusals: GeartrainError[] = []
  try {
    for (const candidate of candidates) {
      const before = known[candidate]
      // A provider that is asked for by name may have been mended in a way that does not show.
      if (before?.works === false && name === undefined) {
        refusals.push(refusedBefore(candidate, before))
        continue
      }
      const opened = await open(candidate, before)
      found[candidate] = opened.known
      if (opened.provider !== undefined) return opened.provider
      refusals.push(opened.refusal)
    }
  } finally {
    if (JSON.stringify(found) !== JSON.stringify(known)) await rememberProviders(settings, found)
  }
  throw refusals.length === 1 ? refusals[0] : none(refusals)
}

/** Tries every provider, whatever is known, and remembers what came of it. */
export async function tryProviders(settings: Pick<Settings, "cache">): Promise<KnownProviders> {
  const found: KnownProviders = {}
  for (const name of providerNames()) {
    const opened = await open(name, undefined)
    found[name] = opened.known
    await opened.provider?.close()
  }
  await rememberProviders(settings, found)
  return found
}

type Opened =
  | { readonly provider: Provider; readonly known: KnownProvider }
  | { readonly provider: undefined; readonly known: KnownProvider; readonly refusal: GeartrainError }

async function open(name: ProviderName, known: KnownProvider | undefined): Promise<Opened> {
  try {
    const opener = await OPENERS[name]()
    const provider = await opener(known?.works ? { known } : {})
    return { provider, known: { works: true, version: provider.version, capabilities: provider.capabilities } }
  } catch (error) {
    if (!isGeartrainError(error, "PROVIDER_UNAVAILABLE")) throw error
    return {
      provider: undefined,
      refusal: error,
      known: { works: false, refused: error.message, mend: error.hint ?? "gear doctor" },
    }
  }
}

type Opener = (settings: {
  readonly known?: { readonly version: string; readonly capabilities: Provider["capabilities"] }
}) => Promise<Provider>

const OPENERS: Readonly<Record<ProviderName, () => Promise<Opener>>> = {
  crun: async () => (await import("../../providers/oci/index.ts")).openCrunProvider,
  runc: async () => (await import("../../providers/oci/index.ts")).openRuncProvider,
  bubblewrap: async () => (await import("../../providers/bubblewrap/index.ts")).openBubblewrapProvider,
}

function refusedBefore(name: ProviderName, known: KnownProvider & { readonly works: false }): GeartrainError {
  return new GeartrainError("PROVIDER_UNAVAILABLE", known.refused, { details: { provider: name }, hint: known.mend })
}

function unknown(name: string): GeartrainError {
  return new GeartrainError(
    "PROVIDER_UNAVAILABLE",
    `Cannot use provider "${name}": there are ${providerNames().join(", ")}`,
    {
      details: { provider: name, known: [...providerNames()] },
      hint: "Name one of them, or leave --provider away for the fastest that works",
    },
  )
}

function none(refusals: readonly GeartrainError[]): GeartrainError {
  const why = refusals.map((refusal) => refusal.message).join("; ")
  return new GeartrainError("PROVIDER_UNAVAILABLE", `Cannot run a gear on this machine: no provider works. ${why}`, {
    hint: "See how to mend each of them: gear doctor",
    cause: refusals[0],
  })
}
