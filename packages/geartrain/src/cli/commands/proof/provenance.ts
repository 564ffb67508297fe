import { GeartrainError, type JobRecord } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import type { CrateDescription } from "../../../provenance/ro-crate/crate-root.ts"
import { nowIso } from "../../../system/clock.ts"
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
    { name: "JOB", says: "Jobs that have ended; those that belong together go together", many: true, complete: "job" },
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
    { command: "gear provenance latest --as prov-json -o -", says: "The same in the words of W3C PROV" },
  ],
  notes: [
    "A crate conforms to RO-Crate 1.1 and to Process Run Crate 0.5. What cannot be brought along is described by its digest, so that whoever has it can tell that it is the same.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const format = readFormat(given)
    const author = readAuthor(given)
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

interface Wish {
  readonly context: Context
  readonly given: Given
  readonly author: CrateDescription["author"]
}

async function writeFolder(
  records: readonly JobRecord[],
  engine: Engine,
  { context, given }: Wish,
): Promise<CommandResult> {
  const { writeCrate } = await import("../../../engine/proof/write-crate.ts")
  const folder = given.text("output") ?? `${records[0]?.gear.name}-${shortId(records[0]?.id ?? "")}-crate`
  if (folder === "-") throw usage("Cannot write a crate to standard output: it is a folder", "Name a folder: -o DIR")
  const leftOut = await writeCrate(records, engine, {
    folder,
    withInputs: given.has("with-inputs"),
    description: { ...readDescription(given), published: nowIso() },
  })
  context.reply.print(escapeText(folder))
  for (const { job, name, why } of leftOut)
    context.reply.warn(`"${escapeText(name)}" of job ${shortId(job)} is not in it: ${escapeText(why)}`)
  context.reply.say(`${formatCount(records.length, "job")} in the crate`)
  return { data: { folder, jobs: records.map(({ id }) => id), leftOut: leftOut.map((one) => ({ ...one })) } }
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
