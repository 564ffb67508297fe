import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import type { Context, Flag } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import { flagsOfGear, gearParameters, typesOf } from "../run/gear-flags.ts"
import type { Candidate } from "./candidate.ts"

/** Jobs that somebody may still want to name. */
const RECENT_JOBS = 50

/** The stored gears by name and version. Nothing when the store cannot be read: a shell that completes must not complain. */
export async function gearCandidates(context: Context): Promise<readonly Candidate[]> {
  return await fromRecords(context, async (records) => {
    const gears = await records.gears.listGears()
    const named = gears.map((gear) => ({
      word: `${gear.manifest.name}@${gear.manifest.version}`,
      says: gear.manifest.label,
    }))
    const names = new Map(gears.map((gear) => [gear.manifest.name, gear.manifest.label]))
    return [...[...names].map(([word, says]) => ({ word, says })), ...named].filter(
      ({ word }) => word === escapeText(word) && !/\s/.test(word),
    )
  })
}

/** The newest jobs. */
export async function jobCandidates(context: Context): Promise<readonly Candidate[]> {
  return await fromRecords(context, async (records) => {
    const jobs = await records.jobs.list({ limit: RECENT_JOBS })
    const ids = jobs.map((job) => ({ word: job.id.slice(0, 12), says: `${job.gear} ${job.state} ${job.created}` }))
    return ids.length === 0
      ? []
      : [{ word: "latest", says: "the newest job, but for the re-runs of gear verify" }, ...ids]
  })
}

/** What the manifest of a gear has to offer. */
export interface ManifestWords {
  readonly flags: Readonly<Record<string, Flag>>
  readonly inputs: readonly Candidate[]
  readonly config: readonly Candidate[]
  valuesOf(key: string): readonly Candidate[]
}

/** @param reference  The gear that stands on the command line, if one does. */
export async function manifestWords(
  reference: string | undefined,
  context: Context,
): Promise<ManifestWords | undefined> {
  if (reference === undefined || reference.includes("/")) return undefined
  const found = await fromRecords(context, async (records) => {
    const { resolveGear } = await import("../../engine/gears/resolve-gear.ts")
    return [await resolveGear(reference, records)]
  })
  const manifest = found[0]?.manifest
  if (manifest === undefined) return undefined
  const { runCommand } = await import("../commands/jobs/run.ts")
  const parameters = gearParameters(manifest, new Set([...Object.keys(runCommand.flags), ...Object.keys(GLOBAL_FLAGS)]))
  const candidatesOf = (kind: "file" | "config"): Candidate[] =>
    parameters
      .filter((parameter) => parameter.kind === kind)
      .map(({ name, declared }) => ({
        word: name,
        says: typeof declared["description"] === "string" ? declared["description"] : "",
      }))
  return {
    flags: flagsOfGear(parameters),
    inputs: candidatesOf("file"),
    config: candidatesOf("config"),
    valuesOf: (key) => {
      const declared = Object.hasOwn(manifest.config, key) ? (manifest.config[key] ?? {}) : {}
      const values = declared["enum"]
      if (Array.isArray(values)) return values.map((value) => ({ word: String(value), says: "" }))
      return typesOf(declared).includes("boolean")
        ? [
            { word: "true", says: "" },
            { word: "false", says: "" },
          ]
        : []
    },
  }
}

type Records = Awaited<ReturnType<typeof import("../../compose/stores/open-records.ts")["openRecords"]>>

async function fromRecords<Value>(
  context: Context,
  read: (records: Records) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  try {
    const { openRecords } = await import("../../compose/stores/open-records.ts")
    const records = await openRecords(context.settings())
    try {
      return await read(records)
    } finally {
      await records.close()
    }
  } catch {
    // No store, or none that can be read: there is nothing to offer, and nobody to tell.
    return []
  }
}
