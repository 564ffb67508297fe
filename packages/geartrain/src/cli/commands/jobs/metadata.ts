import { GeartrainError, type JobRecord } from "@geartrain/spec"
import type { Archive } from "../../../archive/hierarchy/read-archive.ts"
import type { EnginePorts } from "../../../engine/engine-ports.ts"
import { HIERARCHY_FLAGS, hierarchyFile } from "../../archive/hierarchy-flags.ts"
import type { ArchiveWork } from "../../archive/use-hierarchy.ts"
import type { Command, Context, Given } from "../../command.ts"

export const metadataCommand: Command = {
  name: "metadata",
  arguments: [{ name: "JOB", says: "A job, or latest: gear help references", complete: "job" }],
  flags: {
    ...HIERARCHY_FLAGS,
    hierarchy: { ...HIERARCHY_FLAGS.hierarchy, says: "The document of the archive that the job is for" },
    destination: {
      ...HIERARCHY_FLAGS.destination,
      says: "What the job was for, where its record does not tell: labels from the project on",
    },
    outputs: {
      type: "text",
      short: "o",
      value: "DIR",
      says: "Where the outputs lie, in or below the folder of the document: they become files of the destination",
      complete: "folder",
    },
  },
  examples: [
    { command: "gear metadata latest", says: "What the last job said of its surroundings, and what is wrong with it" },
    { command: "gear metadata latest --hierarchy project.yaml", says: "What that would change there" },
    {
      command: "gear metadata latest --hierarchy project.yaml -o bet-3f2a --apply",
      says: "Write it, with the outputs",
    },
  ],
  notes: [
    "What a gear writes to output/.metadata.json is applied as platforms do: of a place only what is missing, leaf by leaf, so that nothing that a curator wrote is lost; of files of the destination everything.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const { openEngine } = await import("../../../compose/open-engine.ts")
    const engine = await openEngine(context.settings(), {})
    try {
      const { resolveJob } = await import("../../../engine/life/resolve-job.ts")
      const record = await resolveJob(given.words[0] ?? "", engine)
      const work = await workOf(record, given)
      return { data: await tell(context, { record, engine, work, folder: given.text("outputs") }) }
    } finally {
      await engine.close()
    }
  },
}

async function workOf(record: JobRecord, given: Given): Promise<ArchiveWork | undefined> {
  const file = hierarchyFile(given)
  if (file === undefined) return undefined
  const [{ readArchive }, { findPlace }, { sha256 }] = await Promise.all([
    import("../../../archive/hierarchy/read-archive.ts"),
    import("@geartrain/spec/archive"),
    import("../../../system/hash.ts"),
  ])
  const archive = await readArchive(file)
  const named = given.text("destination") ?? idWithin(archive, record)
  return { archive, destination: findPlace(archive.hierarchy, named, sha256), apply: given.has("apply") }
}

/** The place that a job ran for. One that the document does not have may be an analysis that was to be made, of which the record has no label. */
function idWithin({ hierarchy, file }: Archive, record: JobRecord): string {
  const id = record.invocation.destination?.id
  if (id !== undefined && hierarchy.places.some((place) => place.id === id)) return id
  const is = id === undefined ? "it ran in no hierarchy" : "the place that it ran for is not in there"
  throw new GeartrainError("PLACE_NOT_FOUND", `Cannot tell where job "${record.id}" belongs in "${file}": ${is}`, {
    details: { job: record.id, file },
    hint: "Name the place, by its labels from the project on: --destination PROJECT/SUBJECT/…",
  })
}

async function tell(
  { reply, terminal }: Context,
  of: {
    readonly record: JobRecord
    readonly engine: EnginePorts
    readonly work: ArchiveWork | undefined
    readonly folder: string | undefined
  },
) {
  const { metadataReport } = await import("../../archive/metadata-report.ts")
  const report = await metadataReport(of.record, of.engine, {
    work: of.work,
    folder: of.folder,
    strict: true,
    paint: terminal.out.paint,
    id: reply.id,
  })
  if (report === undefined) {
    reply.print("The job wrote no .metadata.json")
    return null
  }
  for (const line of report.lines) reply.print(line)
  return report.data
}
