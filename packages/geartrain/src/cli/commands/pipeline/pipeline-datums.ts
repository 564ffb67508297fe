import type { JsonObject, JsonValue } from "@geartrain/spec"
import { describeDatum } from "../../../workflows/pipelines/datums/datum.ts"
import type { DatumDecision, PipelinePlan } from "../../../workflows/pipelines/run/decide.ts"
import type { Command, Context } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { MOST_TOLD } from "../../workflow/pipeline/datum-lines.ts"
import { DECIDE_FLAGS, decideOptions } from "../../workflow/pipeline/decide-flags.ts"

export const pipelineDatumsCommand: Command = {
  name: "pipeline datums",
  arguments: [{ name: "FILE", says: "pipeline.yaml", complete: "file" }],
  flags: DECIDE_FLAGS,
  examples: [
    { command: "gear pipeline datums pipeline.yaml", says: "What a run would do of each datum, and why" },
    { command: "gear pipeline datums pipeline.yaml --json", says: "All of them, with their files" },
  ],
  notes: ["Folders and places of archives are read as they are now. Nothing is run, and nothing is committed."],
  exits: "answer",
  run: async (context, given) => {
    const settings = context.settings()
    const [
      { openEngine },
      { planningJobs },
      { openCommits, openEmptyFile },
      { readPipeline },
      sources,
      { readFolders },
      { decideDatums },
      { openArchives },
    ] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/workflows/planning-jobs.ts"),
      import("../../../compose/pipelines/open-pipelines.ts"),
      import("../../../workflows/pipelines/document/read-pipeline.ts"),
      import("../../../workflows/pipelines/run/sources.ts"),
      import("../../../workflows/pipelines/run/read-folders.ts"),
      import("../../../workflows/pipelines/run/decide.ts"),
      import("../../workflow/pipeline/open-archives.ts"),
    ])
    const engine = await openEngine(settings, { write: true })
    const archives = openArchives(settings, engine.blobs)
    try {
      const jobs = planningJobs(engine, settings)
      const checked = await readPipeline(given.words[0] ?? "", jobs)
      const states = await readFolders([checked], { jobs, archives })
      const folders = new Map([...states].map(([path, state]) => [path, { state }]))
      const store = openCommits(settings)
      const of = { checked, sources: await sources.openSources(checked, folders, store) }
      const means = { jobs, store, emptyFile: await openEmptyFile(settings) }
      tell(await decideDatums(of, means, decideOptions(given)), context)
      return {}
    } finally {
      await archives.close()
      await engine.close()
    }
  },
}

function tell({ decisions, removed, warnings }: PipelinePlan, { reply }: Context): void {
  for (const decision of decisions) reply.item(itemOf(decision))
  for (const { id, parts, job } of removed) {
    const why = "its paths are gone, so its outputs are removed"
    reply.item({
      action: "remove",
      why,
      id,
      parts: parts.map((part) => ({ ...part })),
      ...(job === undefined ? {} : { job }),
    })
  }
  const rows = decisions
    .slice(0, MOST_TOLD)
    .map((decision) => [
      ...[decision.action, escapeText(describeDatum(decision.datum)), String(filesOf(decision).length)],
      ...[formatSize(filesOf(decision).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)), escapeText(decision.why)],
    ])
  for (const { parts } of removed.slice(0, MOST_TOLD)) {
    rows.push(["remove", escapeText(describeDatum(parts)), "", "", "its paths are gone"])
  }
  if (rows.length > 0) for (const line of textTable(COLUMNS, rows)) reply.print(line)
  const more = decisions.length - MOST_TOLD
  if (more > 0) reply.say(`… and ${formatCount(more, "datum", "datums")} more: --json has all of them`)
  const count = (action: DatumDecision["action"]): number => decisions.filter((one) => one.action === action).length
  reply.say(
    `${formatCount(decisions.length, "datum", "datums")}: ${count("run")} to run, ${count("reuse")} to reuse, ${count("keep")} to keep, ${removed.length} to remove`,
  )
  for (const warning of warnings) reply.warn(escapeText(warning))
}

const COLUMNS = [
  { title: "ACTION" },
  { title: "DATUM" },
  { title: "FILES", align: "right" },
  { title: "SIZE", align: "right" },
  { title: "WHY" },
] as const

function filesOf({ datum }: DatumDecision): readonly { readonly sizeBytes: number }[] {
  return datum.flatMap(({ files }) => files)
}

function itemOf({ id, key, action, why, datum, place, same, before }: DatumDecision): JsonObject {
  const job = same?.id ?? (action === "keep" ? before?.job : undefined)
  return {
    ...{ action, why, id, key, place },
    ...(job === undefined ? {} : { job }),
    parts: datum.map(({ input, to, path, files }) => ({ input, to, path, files: files as unknown as JsonValue })),
  }
}
