import { dirname, resolve } from "node:path"
import { GeartrainError, isGeartrainError, type JobRecord } from "@geartrain/spec"
import type { CrateStores, CrateWish } from "../../../engine/proof/write-crate.ts"
import type { CrateDescription } from "../../../provenance/ro-crate/crate-root.ts"
import { nowIso } from "../../../system/clock.ts"
import type { DescribedRun } from "../../../workflows/report/describe-run.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shortId } from "../../output/reply.ts"
import { DESCRIPTION_FLAGS, readAuthor, readDescription } from "../../proof/description-flags.ts"

const FORMATS = ["ro-crate", "prov-json"] as const
type Format = (typeof FORMATS)[number]

export const provenanceCommand: Command = {
  name: "provenance",
  arguments: [
    {
      name: "JOB",
      says: "Jobs that have ended; those that belong together go together. Or the id of one run of a workflow",
      many: true,
      complete: "job",
    },
  ],
  flags: {
    as: {
      type: "text",
      value: "FORMAT",
      says: "ro-crate (a folder with the outputs, records and logs, and their description) or prov-json (a document of W3C PROV). Default: ro-crate",
      complete: FORMATS,
    },
    output: {
      type: "text",
      short: "o",
      value: "PATH",
      says: "Folder of the crate, or file of the document; - for standard output",
      complete: "file",
    },
    run: { type: "switch", says: "The word is a run of a workflow: its id, the beginning of it, or latest" },
    "with-inputs": {
      type: "switch",
      says: "Bring the inputs along, where they still lie where they were read, unchanged",
    },
    ...DESCRIPTION_FLAGS,
  },
  examples: [
    { command: "gear provenance latest -o my-result", says: "A folder to publish beside the paper" },
    {
      command:
        "gear provenance 0123456789ab 89abcdef0123 -o both --author 'A. Author' --license https://spdx.org/licenses/CC-BY-4.0",
      says: "Two jobs of one analysis in one crate: what one made and the other read is one file",
    },
    { command: "gear provenance --run latest -o my-run", says: "A run of a workflow, with its plan and all its jobs" },
    { command: "gear provenance latest --as prov-json -o -", says: "The same in the words of W3C PROV" },
  ],
  notes: [
    "A crate conforms to RO-Crate 1.1 and to Process Run Crate 0.5; that of a run to Workflow Run Crate 0.5 and Provenance Run Crate 0.5 as well. What cannot be brought along is described by its digest, so that whoever has it can tell that it is the same.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const format = readFormat(given)
    const author = readAuthor(given)
    if (await isRun(context, given)) return provenanceOfRun(context, given, { format, author })
    const [{ openEngine }, { resolveJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
    ])
    const engine = await openEngine(context.settings(), {})
    try {
      const records: JobRecord[] = []
      for (const word of given.words) records.push(await resolveJob(word, engine))
      const wish: Wish = { context, given, author }
      return format === "prov-json" ? await writeProv(records, wish) : await writeFolder(records, engine, wish)
    } finally {
      await engine.close()
    }
  },
}

/** A word of one job is looked for among jobs first: ids of runs look the same. */
async function isRun(context: Context, given: Given): Promise<boolean> {
  if (given.has("run")) return true
  const [word = "", ...more] = given.words
  if (more.length > 0 || !/^[0-9a-f]{4,24}$/.test(word)) return false
  const [{ findRun }, { openRecords }] = await Promise.all([
    import("../../../workflows/run/run-folder.ts"),
    import("../../../compose/stores/open-records.ts"),
  ])
  const settings = context.settings()
  try {
    await findRun(`${settings.home}/runs`, word)
  } catch (error) {
    if (isGeartrainError(error, "WORKFLOW_RUN_NOT_FOUND")) return false
    throw error
  }
  const records = await openRecords(settings)
  try {
    return (await records.jobs.find(word)).length === 0
  } finally {
    await records.close()
  }
}

async function provenanceOfRun(
  context: Context,
  given: Given,
  { format, author }: { readonly format: Format; readonly author: CrateDescription["author"] },
): Promise<CommandResult> {
  const [word = "", ...more] = given.words
  if (more.length > 0) throw usage("Cannot write several runs into one crate", "Write each into a folder of its own")
  const [{ withAccount }, { describeRun }] = await Promise.all([
    import("../../workflow/open-account.ts"),
    import("../../../workflows/report/describe-run.ts"),
  ])
  return withAccount(context, word, async (account, { engine }) => {
    const { server } = account.header
    const described = describeRun(account)
    const wish: Wish = { context, given, author, described }
    if (format === "prov-json") return writeProv(described.records, wish)
    if (server === undefined) return writeFolder(described.records, engine, wish)
    const { withDistantBlobs } = await import("../../workflow/place/distant-blobs.ts")
    const from = { server, records: described.records, beside: dirname(resolve(given.text("output") ?? "crate")) }
    const means = { engine, settings: context.settings() }
    return withDistantBlobs(from, means, (blobs) =>
      writeFolder(described.records, { blobs, gears: engine.gears }, wish),
    )
  })
}

interface Wish {
  /** Of a run; absent: jobs, each by itself. */
  readonly described?: DescribedRun
  readonly context: Context
  readonly given: Given
  readonly author: CrateDescription["author"]
}

async function writeFolder(
  records: readonly JobRecord[],
  stores: CrateStores,
  { context, given, described }: Wish,
): Promise<CommandResult> {
  const { writeCrate } = await import("../../../engine/proof/write-crate.ts")
  const folder = given.text("output") ?? `${usualName(records, described)}-crate`
  if (folder === "-") throw usage("Cannot write a crate to standard output: it is a folder", "Name a folder: -o DIR")
  const description = { ...readDescription(given), published: nowIso() }
  const leftOut = await writeCrate(records, stores, {
    folder,
    withInputs: given.has("with-inputs"),
    description,
    ...(described === undefined ? {} : await runWish(described, description)),
  })
  context.reply.print(escapeText(folder))
  for (const { job, name, why } of leftOut)
    context.reply.warn(`"${escapeText(name)}" of job ${shortId(job)} is not in it: ${escapeText(why)}`)
  context.reply.say(`${formatCount(records.length, "job")} in the crate`)
  const run = described === undefined ? {} : { run: described.run.id }
  return { data: { folder, ...run, jobs: records.map(({ id }) => id), leftOut: leftOut.map((one) => ({ ...one })) } }
}

async function runWish(
  { run, documents }: DescribedRun,
  description: CrateDescription,
): Promise<Pick<CrateWish, "documents" | "describe">> {
  const { runCrate } = await import("../../../provenance/ro-crate/run/run-crate.ts")
  return { documents, describe: (jobs, gears) => runCrate(run, { jobs, gears }, description) }
}

function usualName(records: readonly JobRecord[], described: DescribedRun | undefined): string {
  if (described !== undefined) return `run-${shortId(described.run.id)}`
  return `${records[0]?.gear.name}-${shortId(records[0]?.id ?? "")}`
}

async function writeProv(records: readonly JobRecord[], { context, given, author }: Wish): Promise<CommandResult> {
  const { jobProv } = await import("../../../provenance/prov/job-prov.ts")
  const document = jobProv(records, author)
  const to = given.text("output") ?? "-"
  if (to === "-") {
    if (!context.reply.json) await context.terminal.out.pour(`${JSON.stringify(document, undefined, 2)}\n`)
    return { data: { ...document } }
  }
  const { writeAtomically } = await import("../../../system/atomic-write.ts")
  await writeAtomically(to, async (file) => {
    await file.writeFile(`${JSON.stringify(document, undefined, 2)}\n`)
  })
  context.reply.print(escapeText(to))
  return { data: { path: to, jobs: records.map(({ id }) => id) } }
}

function readFormat(given: Given): Format {
  const text = given.text("as") ?? "ro-crate"
  const format = FORMATS.find((known) => known === text)
  if (format !== undefined) return format
  throw usage(`Cannot write provenance as "${text}": there are ${FORMATS.join(" and ")}`, "Leave --as away for a crate")
}

function usage(message: string, hint: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint })
}
