import type { JobRecord } from "@geartrain/spec"
import type { BundledJobs } from "../../../compose/bundles/bundle-jobs.ts"
import type { PackOptions } from "../../../publishing/bundle/write/pack-bundle.ts"
import { nowIso } from "../../../system/clock.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shortId } from "../../output/reply.ts"
import { shellWord } from "../../output/shell-word.ts"
import { DESCRIPTION_FLAGS, readDescription } from "../../proof/description-flags.ts"
import { findSigningKey, SIGNING_FLAG } from "../../proof/signing-key.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readPairs } from "../../run/job-flags.ts"

export const bundleCommand: Command = {
  name: "bundle",
  arguments: [
    { name: "JOB", says: "Jobs that have ended; those that belong together go together", many: true, complete: "job" },
  ],
  flags: {
    output: { type: "text", short: "o", value: "FILE", says: "The file. Default: GEAR-JOB.gtz", complete: "file" },
    force: { type: "switch", says: "Replace the file if it is there" },
    "stand-in": {
      type: "text",
      value: "NAME=WHY",
      many: true,
      says: "Leave an input, or the output at a path, out; its name, size and digest take its place",
    },
    "without-inputs": { type: "switch", says: "Leave all inputs out that none of the jobs has made" },
    input: {
      type: "text",
      short: "i",
      value: "NAME=PATH",
      many: true,
      says: "Where an input lies now, if it is not where it was",
    },
    ...SIGNING_FLAG,
    ...DESCRIPTION_FLAGS,
  },
  examples: [
    { command: "gear bundle latest -o result.gtz", says: "One file for the reader of a paper" },
    {
      command: "gear bundle 0123456789ab 89abcdef0123 -o both.gtz --stand-in 'scan=Personal data: ask the authors'",
      says: "Two jobs of one analysis, and an input that may not travel",
    },
  ],
  notes: [
    "Whoever has the file checks it with gear verify result.gtz, without network: every byte, the signature, and each job by running it again. Without Geartrain it is a tar with zstd, and index.html in it tells the rest.",
    "Where inputs lay, and what the machine is called, is left out of the records.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const standIns = readStandIns(given)
    const files = Object.fromEntries(readPairs(given.list("input"), "--input", "NAME=PATH"))
    const description = readDescription(given)
    const signer = await findSigner(context, given)
    const [{ openEngine }, { resolveJob }, { bundleJobs }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../compose/bundles/bundle-jobs.ts"),
    ])
    const interrupts = watchInterrupts(() => context.reply.say("stopping"))
    const engine = await openEngine(context.settings(), { write: true })
    try {
      const records: JobRecord[] = []
      for (const word of given.words) records.push(await resolveJob(word, engine))
      const path = given.text("output") ?? `${records[0]?.gear.name}-${shortId(records[0]?.id ?? "")}.gtz`
      warnOfLimits(context, records, standIns)
      const bundled = await bundleJobs(records, engine, {
        path,
        force: given.has("force"),
        standIns,
        files,
        description,
        signal: interrupts.signal,
        ...(given.has("without-inputs") ? { inputsStay: "Left out by whoever made this bundle" } : {}),
        ...(signer === undefined ? {} : { signer }),
      })
      return tell(context, bundled, { path, key: signer?.key.publicKey.id })
    } catch (error) {
      throw interrupts.explain(error)
    } finally {
      interrupts.end()
      await engine.close()
    }
  },
}

async function findSigner(context: Context, given: Given): Promise<PackOptions["signer"]> {
  const key = await findSigningKey(context, given.text("key"))
  return key === undefined ? undefined : { key, signed: nowIso() }
}

const NO_REASON = "It may not travel"

function readStandIns(given: Given): ReadonlyMap<string, string> {
  const values = given.list("stand-in").map((value) => (value.includes("=") ? value : `${value}=${NO_REASON}`))
  return readPairs(values, "--stand-in", "NAME=WHY")
}

/** What a reader will not be able to do, and what the author may not have meant to hand on. */
function warnOfLimits({ reply }: Context, records: readonly JobRecord[], standIns: ReadonlyMap<string, string>): void {
  for (const { id, invocation, outputs } of records) {
    const key = Object.entries(invocation.inputs).find(([, input]) => input.base === "api-key")?.[0]
    if (key !== undefined)
      reply.warn(`job ${shortId(id)} had the key "${escapeText(key)}", which is in no record: it cannot be run again`)
    if (invocation.network !== "none")
      reply.warn(`job ${shortId(id)} could reach out to the network: it is run again only where that is granted`)
    for (const { path, sensitivity } of outputs) {
      if (sensitivity !== "personal" || standIns.has(path)) continue
      reply.warn(`output "${escapeText(path)}" of job ${shortId(id)} is personal, as its gear says, and goes along`)
    }
  }
}

function tell(
  { reply, terminal }: Context,
  { index, digest, sizeBytes }: BundledJobs,
  { path, key }: { readonly path: string; readonly key: string | undefined },
): CommandResult {
  reply.print(terminal.out.paint.bold(escapeText(path)))
  const files = index.members.filter(({ role }) => role === "input" || role === "output")
  reply.say(
    `${formatCount(index.jobs.length, "job")} of ${formatCount(index.gears.length, "gear")}, ${formatCount(files.length, "file")}, ${formatSize(sizeBytes)}`,
  )
  for (const { role, name, why } of index.standIns)
    reply.say(`not in it: ${role} ${escapeText(name)} (${escapeText(why)})`)
  reply.say(key === undefined ? "not signed: gear key new makes a key" : `signed by key ${reply.id(key)}`)
  reply.say(`→ gear verify ${shellWord(path)}`)
  const { gears, jobs, standIns } = index
  const members = index.members.length
  const data = { path, index: digest, sizeBytes, key: key ?? null, gears, jobs, members, standIns }
  return { data: data as unknown as NonNullable<CommandResult["data"]> }
}
