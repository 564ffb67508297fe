import { type Gear, GeartrainError, isEnded, type JobRecord, nearestName } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import { existsSync } from "../../../system/files.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shortId } from "../../output/reply.ts"
import { shellWord } from "../../output/shell-word.ts"
import { findThing } from "../../records/find-thing.ts"

/** What a gear can be packed in, and the ending that a file or folder of it has by default. */
const PACKINGS = {
  tar: ".tar",
  oci: "-oci",
  "oci-archive": ".oci.tar",
  "docker-archive": ".docker.tar",
  dir: "",
} as const
type Packing = keyof typeof PACKINGS
const COMPRESSIONS = ["none", "gzip", "zstd"] as const
type Compression = (typeof COMPRESSIONS)[number]

export const exportCommand: Command = {
  name: "export",
  arguments: [
    {
      name: "GEAR|JOB",
      says: "A gear, to pack it; or a job, to get its outputs; with --pegasus, a workflow.yaml, or a run",
      complete: "gear-or-job",
    },
  ],
  flags: {
    as: {
      type: "text",
      value: "PACKING",
      says: "tar (any of them can be imported again, and docker import reads this one), oci (a layout in a folder), oci-archive (podman load), docker-archive (docker load) or dir. Default: tar",
      complete: Object.keys(PACKINGS),
    },
    output: {
      type: "text",
      short: "o",
      value: "PATH",
      says: "File or folder to write; - for standard output",
      complete: "file",
    },
    compress: {
      type: "text",
      value: "HOW",
      says: "none, gzip or zstd. Default: gzip for oci and oci-archive, none for the others",
      complete: COMPRESSIONS,
    },
    force: { type: "switch", says: "Write over what is there" },
    pegasus: {
      type: "switch",
      says: "Write a workflow, or a run of one, as a workflow of Pegasus (format 5.0) with its catalogs",
    },
  },
  examples: [
    { command: "gear export fsl-bet -o fsl-bet.tar", says: "Pack a gear, to carry it to another machine" },
    { command: "gear export fsl-bet --as docker-archive -o - | docker load", says: "Hand it to docker" },
    { command: "gear export latest -o results", says: "Write the outputs of the last job to a folder" },
    { command: "gear export --pegasus latest -o for-pegasus", says: "Write the last run of a workflow for Pegasus" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const { openEngine } = await import("../../../compose/open-engine.ts")
    const engine = await openEngine(context.settings(), given.has("pegasus") ? { write: true } : {})
    try {
      if (given.has("pegasus")) return await exportWorkflow(engine, { context, given })
      const thing = await findThing(given.words[0] ?? "", engine)
      return thing.kind === "job"
        ? await exportOutputs(thing.job, engine, { context, given })
        : await exportOne(thing.gear, engine, { context, given })
    } finally {
      await engine.close()
    }
  },
}

interface Wish {
  readonly context: Context
  readonly given: Given
}

async function exportWorkflow(engine: Engine, { context, given }: Wish): Promise<CommandResult> {
  if (given.has("as") || given.has("compress") || given.has("force")) {
    throw usage(
      "Cannot pack a workflow of Pegasus: it is a folder, made anew",
      "Leave --as, --compress and --force away",
    )
  }
  const folder = given.text("output")
  if (folder === undefined) throw usage("Cannot write a workflow of Pegasus: no folder is named", "Name one: -o DIR")
  const { exportPegasus } = await import("../../../compose/importers/export-pegasus.ts")
  const written = await exportPegasus({ of: given.words[0] ?? "", folder, engine, settings: context.settings() })
  for (const file of written.files) context.reply.print(escapeText(`${folder}/${file}`))
  for (const note of written.notes) context.reply.say(escapeText(`not said to Pegasus: ${note}`))
  context.reply.say(`${formatCount(written.jobs, "job")}; gear has to be installed where they run`)
  return { data: { folder, jobs: written.jobs, files: [...written.files], notes: [...written.notes] } }
}

async function exportOne(gear: Gear, engine: Engine, { context, given }: Wish): Promise<CommandResult> {
  const packing = readPacking(given)
  const compression = readCompression(given)
  const to = given.text("output") ?? defaultName(gear, packing, compression)
  refuse(to, packing, { context, given })
  const { exportGear } = await import("../../../compose/gears/export-gear.ts")
  await exportGear(gear, engine, { as: packing, to, ...(compression === undefined ? {} : { compression }) })
  if (to === "-") return {}
  context.reply.print(escapeText(to))
  context.reply.say(`→ gear import ${shellWord(to)}`)
  return { data: { path: to, packing, gear: gear.id } }
}

/** Before anything is read: a terminal cannot show a tar, and what lies there is not ours to replace. */
function refuse(to: string, packing: Packing, { context, given }: Wish): void {
  if (to === "-") {
    if (packing === "dir" || packing === "oci") {
      throw usage(`Cannot export as ${packing} to standard output: it is a folder`, "Name a folder: -o DIR")
    }
    if (!context.terminal.out.isTerminal && !context.reply.json) return
    const is = context.reply.json ? "the answer in JSON goes there" : "it is a terminal"
    throw usage(`Cannot export to standard output: ${is}`, "Name a file: -o FILE")
  }
  if (given.has("force") || !existsSync(to)) return
  throw new GeartrainError("OUTPUT_EXISTS", `Cannot export to "${to}": it exists`, {
    details: { path: to },
    hint: "Name another place with -o PATH, or write over it with --force",
  })
}

function readPacking(given: Given): Packing {
  const text = given.text("as") ?? "tar"
  const packing = (Object.keys(PACKINGS) as Packing[]).find((known) => known === text)
  if (packing !== undefined) return packing
  const near = nearestName(text, Object.keys(PACKINGS))
  throw usage(
    `Cannot export as "${text}": a gear is packed as ${Object.keys(PACKINGS).join(", ")}`,
    near === undefined ? "Leave --as away for a tar" : `Did you mean: --as ${near}`,
  )
}

function readCompression(given: Given): Compression | undefined {
  const text = given.text("compress")
  if (text === undefined) return undefined
  const compression = COMPRESSIONS.find((known) => known === text)
  if (compression !== undefined) return compression
  throw usage(
    `Cannot compress with "${text}": there are ${COMPRESSIONS.join(", ")}`,
    "Name one of them: --compress zstd",
  )
}

/** A version can be any text; a name of a file cannot. Inside of an archive, it is the layer that is compressed, and not the whole. */
function defaultName(gear: Gear, packing: Packing, compression: Compression | undefined): string {
  const { name, version } = gear.manifest
  const safe = `${name}-${version}`.replaceAll(/[^A-Za-z0-9._+-]+/g, "_")
  return `${safe}${PACKINGS[packing]}${packing === "tar" ? ENDINGS[compression ?? "none"] : ""}`
}

const ENDINGS: Readonly<Record<Compression, string>> = { none: "", gzip: ".gz", zstd: ".zst" }

async function exportOutputs(job: JobRecord, engine: Engine, { context, given }: Wish): Promise<CommandResult> {
  if (given.has("as") || given.has("compress")) {
    throw usage(
      "Cannot pack the outputs of a job: they are written to a folder as they are",
      "Leave --as and --compress away",
    )
  }
  if (!isEnded(job.state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot export the outputs of job "${job.id}": it is ${job.state}`, {
      details: { id: job.id, state: job.state },
      hint: `Wait for it: gear logs -f ${job.id}`,
    })
  }
  const { placeOutputs } = await import("../../../engine/life/place-outputs.ts")
  const folder = given.text("output") ?? `${job.gear.name}-${shortId(job.id)}`
  const written = job.outputs.length === 0 ? [] : await placeOutputs(job, engine, { folder, force: given.has("force") })
  for (const path of written) context.reply.print(escapeText(path))
  context.reply.say(
    written.length === 0
      ? "The job has no outputs"
      : `${formatCount(written.length, "output")} in ${escapeText(folder)}`,
  )
  return { data: { folder, files: [...written], job: job.id } }
}

function usage(message: string, hint: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint })
}
