import type { JsonObject } from "@geartrain/spec"
import { parseCount } from "../../../settings/parse-amount.ts"
import type { PipelineRun } from "../../../workflows/pipelines/run/run-pipelines.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { countsLine, datumLine, MOST_TOLD } from "../../workflow/pipeline/datum-lines.ts"
import { DECIDE_FLAGS, decideOptions } from "../../workflow/pipeline/decide-flags.ts"

export const pipelineRunCommand: Command = {
  name: "pipeline run",
  arguments: [{ name: "FILE", says: "pipeline.yaml; several that read of each other", many: true, complete: "file" }],
  flags: {
    ...DECIDE_FLAGS,
    jobs: { type: "text", short: "j", value: "N", says: "Datums at one time. Default: as many as there are CPUs for" },
    "keep-going": { type: "switch", says: "Run pipelines that read of one with failed datums, too" },
    provider: { type: "text", value: "NAME", says: "What isolates the gear; see gear doctor", complete: "provider" },
  },
  examples: [
    {
      command: "gear pipeline run pipeline.yaml",
      says: "Commit what changed in its folders and places, and do what is new or changed",
    },
    { command: "gear pipeline run prep.yaml stats.yaml", says: "A change goes from one to the other, with one id" },
  ],
  notes: [
    "What was done is found again by its content: a run that was cut short, by Ctrl-C or a power cut, goes on when it is typed again.",
  ],
  exits: "answer",
  exitNotes: { 0: "all datums are done", 1: "datums failed" },
  run: async (context, given) => {
    const settings = context.settings()
    const provider = given.text("provider")
    const atOnce = given.text("jobs")
    const parallel = atOnce === undefined ? undefined : parseCount(atOnce, "--jobs", { whole: true })
    const [
      { openEngine },
      { engineJobs },
      opened,
      { readPipeline },
      { runPipelines },
      { interruptible },
      { nowIso },
      { hostFacts },
      { reconcileJobs },
      { openArchives },
      { toldAgain },
    ] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/workflows/engine-jobs.ts"),
      import("../../../compose/pipelines/open-pipelines.ts"),
      import("../../../workflows/pipelines/document/read-pipeline.ts"),
      import("../../../workflows/pipelines/run/run-pipelines.ts"),
      import("../../run/interrupts.ts"),
      import("../../../system/clock.ts"),
      import("../../../system/host.ts"),
      import("../../../engine/life/reconcile-jobs.ts"),
      import("../../workflow/pipeline/open-archives.ts"),
      import("../../workflow/pipeline/told-again.ts"),
    ])
    const engine = await openEngine(settings, {
      write: true,
      box: true,
      ...(provider === undefined ? {} : { provider }),
    })
    const archives = openArchives(settings, engine.blobs)
    try {
      // What another process left when it was killed is settled first: its jobs may have ended well.
      await reconcileJobs(engine)
      const jobs = engineJobs(engine, settings)
      const checked = await Promise.all(given.words.map((file) => readPipeline(file, jobs)))
      const emptyFile = await opened.openEmptyFile(settings)
      const told = tellDatums(context)
      const { id, runs } = await interruptible(
        () => context.reply.say("stopping: what was done is kept, and found again by the next run"),
        ({ signal, force }) =>
          runPipelines(
            checked,
            {
              ...{ jobs, archives, store: opened.openCommits(settings), emptyFile, now: nowIso, signal, force },
              makeAgain: toldAgain(engine, context),
              parallel: parallel ?? hostFacts().cpus,
              onDone: (_, record) => told(record),
            },
            { ...decideOptions(given), keepGoing: given.has("keep-going") },
          ),
      )
      return tell(id, runs, context)
    } finally {
      await archives.close()
      await engine.close()
    }
  },
}

/** Tells of each datum that is done, the first of many; what is kept is only counted. */
function tellDatums({ reply, terminal }: Context): (record: Parameters<typeof datumLine>[0]) => void {
  let count = 0
  return (record) => {
    if (record.how === "kept") return
    count++
    if (count <= MOST_TOLD || record.state === "failed") reply.say(datumLine(record, terminal.err.paint))
    else if (count === MOST_TOLD + 1) reply.say("… those that fail are told, and the rest counted")
  }
}

function tell(id: string, runs: readonly PipelineRun[], context: Context): CommandResult {
  const { reply } = context
  for (const run of runs) {
    for (const warning of run.warnings) reply.warn(escapeText(`${run.pipeline}: ${warning}`))
    reply.print(runLine(run))
  }
  const data = { id, pipelines: runs.map(dataOf) } as unknown as JsonObject
  const bad = runs.filter(({ state }) => state === "failed" || state === "not-run")
  if (bad.length === 0) return { data }
  const failed = runs.reduce((sum, { counts }) => sum + (counts?.failed ?? 0), 0)
  const job = runs.flatMap(({ datums }) => datums).find((datum) => datum.state === "failed")?.job
  const message = `${formatCount(failed, "datum", "datums")} failed`
  const fix = job === undefined ? null : `Look at one: gear logs ${job}`
  reply.say(`${message}; the commit has the rest\n→ ${fix ?? "Mend what is said of them, and run it again"}`)
  const error = {
    code: "DATUMS_FAILED",
    message,
    fix,
    docs: "gear help pipeline run",
    culprit: "gear",
    retryable: true,
  }
  return { data, exitCode: 1, error }
}

function runLine({ pipeline, state, commit, counts, because }: PipelineRun): string {
  if (because !== undefined) return escapeText(`${pipeline}: not run, since ${because}`)
  const at =
    commit === undefined
      ? ""
      : `; commit ${commit.number}, ${formatCount(commit.fileCount, "file")}, ${formatSize(commit.sizeBytes)}`
  return escapeText(`${pipeline}: ${state}; ${counts === undefined ? "" : countsLine(counts)}${at}`)
}

function dataOf({ pipeline, state, commit, counts, datums, warnings, because }: PipelineRun): object {
  return {
    ...{ pipeline, state, warnings },
    ...(commit === undefined ? {} : { commit: commit.number, id: commit.id }),
    ...(counts === undefined ? {} : { counts }),
    ...(because === undefined ? {} : { because }),
    datums,
  }
}
