import type { ProviderCapabilities } from "@geartrain/ports"
import type { Settings } from "../../settings/settings.ts"
import { writeAtomically } from "../../system/atomic-write.ts"
import { currentUser, hostFacts } from "../../system/host.ts"
import { findProgram } from "../../system/linux/find-program.ts"
import { readKernelFile } from "../../system/linux/kernel-files.ts"
import { lookAtOnce } from "../../system/small-file.ts"
import { PROVIDERS, type ProviderName } from "./provider-names.ts"

/** What trying a provider showed: that it works, or what was refused. */
export type KnownProvider =
  | { readonly works: true; readonly version: string; readonly capabilities: ProviderCapabilities }
  | { readonly works: false; readonly refused: string; readonly mend: string }

export type KnownProviders = Partial<Record<ProviderName, KnownProvider>>

interface CacheFile {
  readonly format: 1
  /** What the findings hold for: see `conditions`. */
  readonly conditions: string
  readonly providers: KnownProviders
}

/**
 * Reads what was found out about the providers when the machine was as it is now: same kernel, user and programs.
 *
 * A file that is missing, damaged or of another time is no knowledge, and no fault. Synchronous: every run of a gear waits for it.
 */
export function readKnownProviders(settings: Pick<Settings, "cache">): KnownProviders {
  try {
    const file = JSON.parse(readKernelFile(cachePath(settings)) ?? "{}") as CacheFile
    return file.format === 1 && file.conditions === conditions() ? file.providers : {}
  } catch {
    // Whatever is wrong with it, the providers are tried anew.
    return {}
  }
}

/** Writes down what was found out. A cache that cannot be written costs the next run some tenths of a second, and nothing else. */
export async function rememberProviders(settings: Pick<Settings, "cache">, providers: KnownProviders): Promise<void> {
  const file: CacheFile = { format: 1, conditions: conditions(), providers }
  await writeAtomically(cachePath(settings), async (handle) => {
    await handle.writeFile(`${JSON.stringify(file, undefined, 2)}\n`)
  }).catch(() => undefined)
}

function cachePath(settings: Pick<Settings, "cache">): string {
  return `${settings.cache}/providers.json`
}

/** Tools beside the providers themselves that decide what they can do. */
const TOOLS = ["unshare", "nsenter", "slirp4netns", "newuidmap"]

function conditions(): string {
  const { name, kernel } = hostFacts()
  const programs = [...PROVIDERS.map(({ program }) => program), ...TOOLS]
  return JSON.stringify([name, kernel, currentUser(), ...programs.map(stampOf)])
}

function stampOf(program: string): string {
  const path = findProgram(program)
  if (path === undefined) return `${program}: none`
  const stats = lookAtOnce(path)
  return `${path}: ${stats?.mtimeMs ?? "?"} ${stats?.size ?? "?"}`
}
