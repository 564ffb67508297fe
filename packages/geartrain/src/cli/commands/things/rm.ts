import type { JobStore, RecordStore } from "@geartrain/ports"
import { GeartrainError, isEnded, type JsonObject } from "@geartrain/spec"
import type { Command, Context } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { askYesNo } from "../../output/ask.ts"
import { escapeText } from "../../output/escape-text.ts"
import { findThing, type Thing } from "../../records/find-thing.ts"

export const rmCommand: Command = {
  name: "rm",
  arguments: [{ name: "GEAR|JOB", says: "What to forget", many: true, complete: "gear-or-job" }],
  flags: { "dry-run": { type: "switch", short: "n", says: "Say what would be forgotten, and forget nothing" } },
  examples: [
    { command: "gear rm fsl-bet@1.0.0", says: "Forget a gear; jobs that ran it keep their records" },
    { command: "gear rm 0123456789ab -y", says: "Forget a job without being asked" },
  ],
  notes: ["Their bytes go with the next gear store gc, unless something else refers to them."],
  exits: "answer",
  run: async (context, given) => {
    const { openRecords } = await import("../../../compose/stores/open-records.ts")
    const records = await openRecords(context.settings())
    try {
      const things: Thing[] = []
      for (const word of given.words) things.push(await findThing(word, records))
      for (const thing of things) refuseRunning(thing)
      const names = things.map((thing) => describe(thing, context))
      await warnOfLoss(context, things, records)
      if (given.has("dry-run")) for (const name of names) context.reply.print(`would forget ${name}`)
      else {
        await confirm(context, names)
        for (const [index, thing] of things.entries()) {
          await forget(thing, records)
          context.reply.print(`forgot ${names[index]}`)
        }
        context.reply.say("→ gear store gc")
      }
      return { data: { removed: given.has("dry-run") ? [] : things.map(itemOf) } }
    } finally {
      await records.close()
    }
  },
}

function refuseRunning(thing: Thing): void {
  if (thing.kind === "gear" || isEnded(thing.job.state)) return
  throw new GeartrainError("JOB_NOT_ENDED", `Cannot forget job "${thing.job.id}": it is ${thing.job.state}`, {
    details: { id: thing.job.id, state: thing.job.state },
    hint: `Stop it first: gear cancel ${thing.job.id}`,
  })
}

/** Who freed bytes to have them again must not lose them by a word about something else. */
async function warnOfLoss(
  { reply }: Context,
  things: readonly Thing[],
  records: { readonly jobs: JobStore },
): Promise<void> {
  const { freedThrough } = await import("../../../engine/freeing/freed-through.ts")
  const ids = new Set(things.map((thing) => (thing.kind === "job" ? thing.job.id : thing.gear.id)))
  const lost = await freedThrough(ids, records)
  if (lost.length === 0) return
  const bytes = lost.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const what = `${formatCount(lost.length, "output")} (${formatSize(bytes)})`
  reply.warn(
    `${what} whose bytes were freed can be made again in no other way: gear restore JOB before it is forgotten`,
  )
}

function describe(thing: Thing, { reply }: Context): string {
  if (thing.kind === "job") return `job ${reply.id(thing.job.id)} of ${escapeText(thing.job.gear.name)}`
  const { name, version } = thing.gear.manifest
  return `gear ${escapeText(`${name}@${version}`)}, ${reply.id(thing.gear.id)}`
}

function itemOf(thing: Thing): JsonObject {
  return thing.kind === "job" ? { kind: "job", id: thing.job.id } : { kind: "gear", id: thing.gear.id }
}

/** @throws {GeartrainError} CONFIRMATION_NEEDED when the answer is no, or nobody can be asked. */
async function confirm(context: Context, names: readonly string[]): Promise<void> {
  const { options, terminal } = context
  if (options.yes) return
  const what = names.length === 1 ? (names[0] ?? "") : formatCount(names.length, "thing")
  if (options.noInput || options.json || !terminal.canAsk()) {
    throw new GeartrainError("CONFIRMATION_NEEDED", `Cannot forget ${what}: nobody can be asked whether to`, {
      hint: "Say so beforehand: gear rm -y …",
    })
  }
  for (const name of names) terminal.err.write(`  ${name}\n`)
  if (await askYesNo(`Forget ${names.length === 1 ? "it" : what}?`)) return
  throw new GeartrainError("CONFIRMATION_NEEDED", `Cannot forget ${what}: the answer was no`, {
    hint: "Nothing was changed",
  })
}

async function forget(thing: Thing, records: { readonly gears: RecordStore; readonly jobs: JobStore }): Promise<void> {
  if (thing.kind === "job") await records.jobs.remove(thing.job.id)
  else await records.gears.removeGear(thing.gear.id)
}
