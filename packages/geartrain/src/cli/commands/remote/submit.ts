import { answered, type GearClient, type paths } from "@geartrain/sdk/client"
import type { GearManifest } from "@geartrain/spec"
import { randomHex } from "../../../system/random.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, Context, Given } from "../../command.ts"
import { gearParameters } from "../../run/gear-flags.ts"
import { JOB_FLAGS, readLimits, readNetwork } from "../../run/job-flags.ts"
import { readParameters } from "../../run/read-parameters.ts"
import { connectServer } from "../../server/connect.ts"
import { followServerLog, waitForServerJob } from "../../server/follow-job.ts"
import { jobResult } from "../../server/job-result.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

const { provider: _, pids: __, ...LIMIT_FLAGS } = JOB_FLAGS

const FLAGS = {
  input: {
    type: "text",
    short: "i",
    value: "NAME=PATH",
    many: true,
    says: "Give a file of the server's: group/project/…/files/NAME, file:ID or file:ID@VERSION",
  },
  set: { type: "text", short: "s", value: "KEY=VALUE", many: true, says: "Set a config value" },
  to: { type: "text", value: "PLACE", says: "Where the outputs go. Default: where the first input lies" },
  label: { type: "text", value: "TEXT", says: "What people know the job by" },
  tag: { type: "text", value: "TAG", many: true, says: "A word to find the job by" },
  priority: { type: "text", value: "N", says: "From -100 to 100, among your own jobs. Default: 0" },
  grant: { type: "text", value: "NAME", many: true, says: "Grant an API-key input a key of yours, for this job" },
  reuse: { type: "switch", says: "Answer with a job that did the same already, if there is one" },
  wait: { type: "switch", short: "w", says: "Wait until the job has ended; the exit code is the gear's" },
  follow: { type: "switch", short: "f", says: "Show its log meanwhile, and wait" },
  ...LIMIT_FLAGS,
  ...SERVER_FLAG,
} as const satisfies Command["flags"]

export const submitCommand: Command = {
  name: "submit",
  arguments: [{ name: "GEAR", says: "A gear of the server's: its name, name@version or id" }],
  flags: FLAGS,
  examples: [
    {
      command: "gear submit fsl-bet -i nifti=lab/study/s1/visit/t1/files/t1.nii.gz -s frac=0.4",
      says: "Queue a job; its outputs go to where the input lies",
    },
    { command: "gear submit fsl-bet -i nifti=file:0123456789abcdef01234567 --follow", says: "Queue it, and watch it" },
  ],
  notes: ["The same submission twice makes two jobs, unless --reuse is given."],
  exits: "gear",
  exitNotes: { 0: "the job is queued; with --wait: it is complete" },
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const order = await orderOf(client, given)
    const params = { header: { "idempotency-key": randomHex(16) } }
    const { job, how, same } = answered(await client.api.POST("/api/v1/jobs", { params, body: order }))
    tell(context, { id: job.id, how, same })
    if (given.has("follow")) await followServerLog(client, context, job.id)
    if (!given.has("follow") && !given.has("wait")) return { data: { job: job.id, how, same: same ?? null } }
    return jobResult(context, await waitForServerJob(client, job.id))
  },
}

type Order = NonNullable<paths["/api/v1/jobs"]["post"]["requestBody"]>["content"]["application/json"]

/** Config values and inputs are read by the gear's own manifest, so that `--set threads=4` is a number where the gear wants one. */
async function orderOf(client: GearClient, given: Given): Promise<Order> {
  const [gear = ""] = given.words
  const found = answered(await client.api.GET("/api/v1/gears/{gear}", { params: { path: { gear } } }))
  const manifest = found.manifest as unknown as GearManifest
  // They have no flags of their own here.
  const parameters = gearParameters(manifest, new Set()).map(({ flag: _, ...parameter }) => parameter)
  const { config, files } = readParameters(parameters, given)
  const network = readNetwork(given)
  const [destination, label, priority] = [given.text("to"), given.text("label"), given.text("priority")]
  return {
    gear: found.id,
    config: config as NonNullable<Order["config"]>,
    inputs: inputsOf(files),
    limits: readLimits(given),
    tags: [...given.list("tag")],
    keys: [...given.list("grant")],
    reuse: given.has("reuse"),
    ...(network === undefined ? {} : { network }),
    ...(destination === undefined ? {} : { destination }),
    ...(label === undefined ? {} : { label }),
    ...(priority === undefined ? {} : { priority: readPriority(priority) }),
  }
}

/** Of an input that takes several files each has a name of its own, `scans/a.dcm`; the server takes them as a list. */
function inputsOf(files: Readonly<Record<string, string>>): Record<string, string | string[]> {
  const inputs = new Map<string, string | string[]>()
  for (const [name, reference] of Object.entries(files)) {
    const slash = name.indexOf("/")
    if (slash < 0) {
      inputs.set(name, reference)
      continue
    }
    const input = name.slice(0, slash)
    const listed = inputs.get(input)
    inputs.set(input, [...(Array.isArray(listed) ? listed : []), reference])
  }
  return Object.fromEntries(inputs)
}

function readPriority(text: string): number {
  if (/^-?\d{1,3}$/.test(text) && Math.abs(Number(text)) <= 100) return Number(text)
  throw usage(submitCommand, `Cannot read --priority "${text}": it has to be a whole number from -100 to 100`)
}

function tell(
  context: Context,
  { id, how, same }: { readonly id: string; readonly how: string; readonly same: string | undefined },
): void {
  context.reply.print(id)
  if (how === "reused") context.reply.say("this job did the same already; it is not run again")
  else if (same !== undefined) context.reply.say(`job ${same} did the same already; --reuse answers with it`)
}
