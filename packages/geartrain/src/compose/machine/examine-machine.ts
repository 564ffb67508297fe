import type { Settings } from "../../settings/settings.ts"
import { VERSION } from "../../settings/version.ts"
import { type HostFacts, hostFacts, isRoot, nodeVersion } from "../../system/host.ts"
import { findProgram } from "../../system/linux/find-program.ts"
import { type TriedTracer, tryStrace } from "../../tracers/strace/try-strace.ts"
import { openStores } from "../stores/open-stores.ts"
import { tryProviders } from "./choose-provider.ts"
import { type KnownProvider, type KnownProviders, readKnownProviders } from "./known-providers.ts"
import { PROVIDERS } from "./provider-names.ts"

/** A tool that something here is better with. */
export interface ToolFinding {
  readonly name: string
  readonly path?: string
  readonly for: string
  readonly debianPackage: string
}

export interface DoctorReport {
  readonly versions: { readonly gear: string; readonly node: string }
  readonly host: HostFacts & { readonly root: boolean }
  /** In the order in which they are chosen. */
  readonly providers: readonly ({ readonly name: string } & KnownProvider)[]
  /** Without one everything runs, but for what watches gears. */
  readonly tracers: readonly ({ readonly name: string } & TriedTracer)[]
  readonly tools: readonly ToolFinding[]
  readonly store: { readonly home: string; readonly problem?: string; readonly mend?: string }
}

const TOOLS: readonly Omit<ToolFinding, "path">[] = [
  { name: "tar", for: "unpacking and reading folders", debianPackage: "tar" },
  { name: "sqfs2tar", for: "keeping gears as squashfs, as root", debianPackage: "squashfs-tools-ng" },
  { name: "slirp4netns", for: "--network outbound", debianPackage: "slirp4netns" },
  { name: "newuidmap", for: "gears that run as another user than the caller, when not root", debianPackage: "uidmap" },
  { name: "mmdebstrap", for: "gear build of a recipe", debianPackage: "mmdebstrap" },
  { name: "buildah", for: "gear build of a Dockerfile, unless docker or podman does it", debianPackage: "buildah" },
]

/**
 * Looks at everything that gears need of a machine, and says what was refused and how to mend it.
 *
 * @param options.fresh  Try the providers now, whatever was found out before. Default true.
 */
export async function examineMachine(
  settings: Pick<Settings, "home" | "cache">,
  options: { readonly fresh?: boolean } = {},
): Promise<DoctorReport> {
  const known = options.fresh === false ? readKnownProviders(settings) : {}
  const providers = isComplete(known) ? known : await tryProviders(settings)
  return {
    versions: { gear: VERSION, node: nodeVersion() },
    host: { ...hostFacts(), root: isRoot() },
    providers: PROVIDERS.map(({ name }) => ({ name, ...(providers[name] ?? NEVER_TRIED) })),
    tracers: [{ name: "strace", ...(await tryStrace()) }],
    tools: TOOLS.map((tool) => {
      const path = findProgram(tool.name)
      return { ...tool, ...(path === undefined ? {} : { path }) }
    }),
    store: { home: settings.home, ...(await storeProblem(settings)) },
  }
}

const NEVER_TRIED: KnownProvider = { works: false, refused: "it was not tried", mend: "gear doctor" }

function isComplete(known: KnownProviders): boolean {
  return PROVIDERS.every(({ name }) => known[name] !== undefined)
}

/** Whether the store can be opened and written to, by doing it. */
async function storeProblem(
  settings: Pick<Settings, "home">,
): Promise<{ readonly problem?: string; readonly mend?: string }> {
  try {
    const stores = await openStores(settings)
    try {
      await stores.home.prepare()
      const damage = await stores.check()
      return damage[0] === undefined ? {} : { problem: damage[0], mend: "gear store fsck" }
    } finally {
      await stores.close()
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const mend = (error as { readonly hint?: string }).hint
    return { problem, ...(mend === undefined ? {} : { mend }) }
  }
}
