import { answered, type paths } from "@geartrain/sdk/client"
import type { GearManifest, JsonObject } from "@geartrain/spec"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, Given } from "../../command.ts"
import { askYesNo } from "../../output/ask.ts"
import { gearParameters } from "../../run/gear-flags.ts"
import { readLimits, readPairs } from "../../run/job-flags.ts"
import { readParameters } from "../../run/read-parameters.ts"
import { batchLines, targetLine } from "../../server/batch-lines.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { leftOut } from "../../server/read-batch.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

const LEVELS = ["project", "subject", "session", "acquisition"] as const

type Request = NonNullable<
  paths["/api/v1/projects/{project}/batches"]["post"]["requestBody"]
>["content"]["application/json"]

export const batchRunCommand: Command = {
  name: "batch run",
  arguments: [
    { name: "PROJECT", says: "GROUP/PROJECT" },
    { name: "GEAR", says: "A gear of the server's: its name, name@version or id" },
  ],
  flags: {
    each: {
      type: "text",
      value: "LEVEL",
      says: "Once for each subject, session or acquisition. Default: session",
      complete: LEVELS,
    },
    below: { type: "text", value: "PATH", says: "Only below this path of the project" },
    label: { type: "text", value: "GLOB", says: "Only places with such a label, such as 'ses-*'" },
    place: { type: "text", value: "PATH", many: true, says: "These places, and no others" },
    choose: {
      type: "text",
      value: "INPUT=GLOB",
      many: true,
      says: "Which file an input takes where several fit, by name",
    },
    set: { type: "text", short: "s", value: "KEY=VALUE", many: true, says: "Set a config value" },
    again: { type: "switch", says: "Run also what was done already" },
    tag: { type: "text", value: "TAG", many: true, says: "A word to find the jobs by" },
    memory: { type: "text", value: "SIZE", says: "Memory that each may use, such as 4g" },
    cpus: { type: "text", value: "N", says: "Processors that each may use" },
    timeout: { type: "text", value: "TIME", says: "How long each may run, such as 2h30m" },
    "dry-run": { type: "switch", short: "n", says: "Tell what would run, and what not and why; run nothing" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear batch run lab/study dcm2niix --dry-run",
      says: "What would run for which session, and what not, and why",
    },
    {
      command: "gear batch run lab/study fsl-bet --each acquisition --choose nifti='*T1*' -s frac=0.4",
      says: "Run it",
    },
  ],
  notes: [
    "Every place is told of: it runs, was done already, is ambiguous, has no file that fits, or is not yours to run gears on. These add up.",
  ],
  exits: "answer",
  exitNotes: { 1: "nothing is to be run" },
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [path = ""] = given.words
    const project = await findProject(client, path)
    const body = await requestOf(given, (gear) =>
      client.api.GET("/api/v1/gears/{gear}", { params: { path: { gear } } }).then(answered),
    )
    const params = { path: { project } }
    const batch = answered(await client.api.POST("/api/v1/projects/{project}/batches", { params, body }))
    for (const line of batchLines(batch)) context.reply.print(line)
    for (const target of await leftOut(client, batch.id)) context.reply.say(targetLine(target))
    const count = batch.accounts.outcomes["will-run"]
    if (given.has("dry-run")) return { data: batch as unknown as JsonObject }
    if (count === 0) {
      const message = "There is nothing to run"
      const error = {
        code: "NOTHING_TO_RUN",
        message,
        fix: null,
        docs: "gear help batch run",
        culprit: "user",
        retryable: false,
      }
      return { data: batch as unknown as JsonObject, exitCode: 1, error }
    }
    const { options, terminal } = context
    const sure = options.yes || options.noInput || !terminal.canAsk() || (await askYesNo(`Run ${count} jobs?`))
    if (!sure) return { data: batch as unknown as JsonObject }
    const run = { params: { path: { batch: batch.id } }, body: { proposal: batch.proposal } }
    const started = answered(await client.api.POST("/api/v1/batches/{batch}/run", run))
    context.reply.say(`started\n→ gear batch show ${batch.id}`)
    return { data: started as unknown as JsonObject }
  },
}

async function requestOf(
  given: Given,
  readGear: (gear: string) => Promise<{ readonly manifest: object }>,
): Promise<Request> {
  const [, gear = ""] = given.words
  const { manifest } = await readGear(gear)
  const parameters = gearParameters(manifest as unknown as GearManifest, new Set()).map(({ flag: _, ...each }) => each)
  const { config } = readParameters(parameters, given)
  const choices = readPairs(given.list("choose"), "--choose", "INPUT=GLOB")
  return {
    gear,
    config: config as NonNullable<Request["config"]>,
    targets: targetsOf(given),
    inputs: Object.fromEntries([...choices].map(([input, name]) => [input, { name }])),
    again: given.has("again"),
    tags: [...given.list("tag")],
    limits: readLimits(given),
  }
}

function targetsOf(given: Given): Request["targets"] {
  const places = given.list("place")
  const [below, label] = [given.text("below"), given.text("label")]
  const each = given.text("each")
  if (places.length > 0) {
    if (below === undefined && label === undefined && each === undefined) return { places: [...places] }
    throw usage(batchRunCommand, "Cannot take --place with --each, --below or --label: it names the places already")
  }
  const type = LEVELS.find((level) => level === (each ?? "session"))
  if (type === undefined)
    throw usage(batchRunCommand, `Cannot read --each "${each}": it is one of ${LEVELS.join(", ")}`)
  return { query: { type, ...(below === undefined ? {} : { below }), ...(label === undefined ? {} : { label }) } }
}
