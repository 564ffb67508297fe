import { GeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import type { NearJob } from "../../../engine/explain/nearest-job.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { componentLines } from "../../proof/explanation-lines.ts"
import { INPUT_AGAIN, inputsAgain, VERDICT_EXITS } from "../../proof/verdict-answer.ts"
import { readCount, tellExplanation, USUAL_REPEAT, USUAL_RUNS, watchExplain } from "../../proof/watch-explain.ts"

export const explainCommand: Command = {
  name: "explain",
  arguments: [
    { name: "A", says: "The id of a job, its beginning, or latest", complete: "job" },
    { name: "B", says: "Another job. Default: a re-run of A", optional: true, complete: "job" },
  ],
  flags: {
    ...INPUT_AGAIN,
    provider: { type: "text", value: "NAME", says: "Run it with this provider", complete: "provider" },
    repeat: {
      type: "text",
      value: "N",
      says: `How many runs have to agree under a condition, from 2 to 100; up to three times as many where chance could have it. Default: ${USUAL_REPEAT}`,
    },
    runs: { type: "text", value: "N", says: `How many runs there may be in all. Default: ${USUAL_RUNS}` },
    reuse: {
      type: "switch",
      says: "Run nothing: say which earlier job of the same gear comes nearest, and in what its invocation differs",
    },
  },
  examples: [
    { command: "gear explain latest", says: "Why a job does not come out the same again" },
    { command: "gear explain 0123456789ab latest", says: "Why two jobs came out differently" },
    { command: "gear explain latest --reuse", says: "Why no earlier job could stand for this one" },
    {
      command: "gear explain latest --repeat 2 --runs 12",
      says: "The same with few runs, for a gear that takes long",
    },
  ],
  notes: [
    "It finds out by experiments: the job is run again held to one condition at a time (one thread, a fixed clock, SOURCE_DATE_EPOCH, hashes that are not randomised, fixed memory addresses, a fixed seed, the same job folder and id, the time zone UTC, the locale C.UTF-8), then to those together that each help an output, then to all. A condition under which all runs agree, while they differ without it, is the cause. The gear itself is never changed.",
    "Two jobs of different invocations are explained by runs of A with single values of B: its config, inputs, gear, network or destination.",
    "Each run is recorded as an experiment, with what it was held to: gear show JOB. None is ever the latest job, and no job's history is changed.",
    "The clock and what chance begins with are held by libfaketime, brought into the box read-only; programs that are linked statically, or to another C library, cannot be shown another clock, and that is said. It comes with: sudo apt-get install faketime.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "explained, or there is nothing to explain",
    1: "unexplained: nothing that was tried makes the runs agree",
    6: "undecided: the difference did not show again, the limit of runs was reached, or the job could not be run again",
  },
  run: async (context, given) => {
    const cost = {
      repeat: readCount(given, "repeat", { usual: USUAL_REPEAT, least: 2, most: 100 }),
      mostRuns: readCount(given, "runs", { usual: USUAL_RUNS, least: 1, most: 9999 }),
    }
    const files = inputsAgain(given)
    const [first = "", second] = given.words
    if (given.has("reuse") && second !== undefined)
      throw new GeartrainError("USAGE", "Cannot explain two jobs with --reuse: it looks for the other itself", {
        hint: `Leave one away: gear explain ${second} --reuse`,
      })
    const [{ openEngine }, { resolveJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
    ])
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      write: true,
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const a = await resolveJob(first, engine)
      if (given.has("reuse")) {
        const { nearestJob } = await import("../../../engine/explain/nearest-job.ts")
        return tellNearest(context, a, await nearestJob(a, engine))
      }
      const b = second === undefined ? undefined : await resolveJob(second, engine)
      if (b !== undefined) await tellComponents(context, a, b)
      return tellExplanation(context, await watchExplain(context, [a, b], { ...cost, ports: engine, files }))
    } finally {
      await engine.close()
    }
  },
}

/** Before anything is run: it costs nothing, and is often all that was asked. */
async function tellComponents({ reply }: Context, a: JobRecord, b: JobRecord): Promise<void> {
  const { diffInvocations } = await import("../../../provenance/diff-invocations.ts")
  const components = diffInvocations(a, b)
  for (const line of componentLines(components)) reply.print(line)
  if (components.length > 0) reply.print("")
}

function tellNearest({ reply, terminal }: Context, record: JobRecord, near: NearJob | undefined): CommandResult {
  const data: JsonObject = {
    job: record.id,
    nearest: near?.job.id ?? null,
    components: (near?.components ?? []) as unknown as readonly JsonObject[],
  }
  const name = escapeText(`${record.gear.name}@${record.gear.version}`)
  if (near === undefined) {
    reply.print(`No earlier job of ${name} has completed: there was none that could stand for this one`)
    return { data }
  }
  const { components, job } = near
  if (components.length === 0) {
    reply.print(
      `${terminal.out.paint.green("the same")}  job ${reply.id(job.id)} is of the same invocation: its outputs could stand for this one's`,
    )
    return { data }
  }
  reply.print(
    `The nearest earlier job of ${name} is ${reply.id(job.id)}: its invocation differs in ${formatCount(components.length, "thing")}`,
  )
  for (const line of componentLines(components)) reply.print(line)
  reply.say(`→ gear explain ${reply.id(job.id)} ${reply.id(record.id)}`)
  return { data }
}
