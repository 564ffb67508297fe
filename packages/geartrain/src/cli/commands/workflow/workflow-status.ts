import type { JsonObject } from "@geartrain/spec"
import { countWords, runCounts, stateWord } from "../../../workflows/run/run-counts.ts"
import type { Command, Context } from "../../command.ts"
import { formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import type { RunStatus } from "../../workflow/read-status.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"
import { mark } from "../../workflow/run-lines.ts"

export const workflowStatusCommand: Command = {
  name: "workflow status",
  arguments: [{ ...RUN_ARGUMENT, optional: true }],
  flags: { all: { type: "switch", short: "a", says: "Every job, and not only those that run, failed or were lost" } },
  examples: [
    { command: "gear workflow status", says: "How far the last run is, and what it waits for" },
    { command: "gear workflow status 0123456789ab --all", says: "Every job of a run, with the id of its record" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const [word = "latest"] = given.words
    const [{ findRun }, { readStatus }] = await Promise.all([
      import("../../../workflows/run/run-folder.ts"),
      import("../../workflow/read-status.ts"),
    ])
    const status = await readStatus(await findRun(`${context.settings().home}/runs`, word))
    const counts = runCounts(status.view)
    const { header, view, state } = status
    const why = view.why === undefined ? "" : `: ${escapeText(view.why)}`
    context.reply.print(`${context.reply.id(header.id)}  ${escapeText(header.name)}  ${state}${why}`)
    context.reply.print(`${countWords(counts, state)}${openWords(status)}`)
    for (const line of jobLines(context, status, given.has("all"))) context.reply.print(line)
    for (const sentence of view.waiting) context.reply.print(`waiting  ${escapeText(sentence)}`)
    if (state !== "running" && state !== "complete")
      context.reply.say(`→ gear workflow resume ${context.reply.id(header.id)}`)
    return { data: statusData(status, counts) }
  },
}

function openWords({ view }: RunStatus): string {
  const open = [...view.open.keys()]
  return open.length === 0 ? "" : `; not known yet how many: ${open.slice(0, 5).map(escapeText).join(", ")}`
}

function jobLines({ reply, terminal }: Context, { view }: RunStatus, isWhole: boolean): readonly string[] {
  const told = [...view.jobs.values()].filter(
    ({ state }) => isWhole || state === "running" || state === "failed" || state === "lost" || state === "cancelled",
  )
  const rows = told.map(({ planned, state, job, attempts, why }) => {
    const since = attempts.at(-1)?.started
    const when = since === undefined ? "" : formatTime(since)
    return [
      mark(stateWord(state, view.state), terminal.out.paint),
      escapeText(planned.key),
      job === undefined ? "" : reply.id(job),
      when,
      escapeText(why ?? ""),
    ]
  })
  const columns = ["STATE", "JOB", "RECORD", "BEGAN", "WHY"].map((title) => ({ title }))
  return rows.length === 0 ? [] : textTable(columns, rows)
}

function statusData({ header, view, state }: RunStatus, counts: object): JsonObject {
  return {
    ...{ run: header.id, name: header.name, created: header.created, state, counts },
    ...(view.why === undefined ? {} : { why: view.why }),
    ...(view.started === undefined ? {} : { started: view.started }),
    ...(view.ended === undefined ? {} : { ended: view.ended }),
    ...{ waiting: view.waiting, open: [...view.open.keys()] },
    jobs: [...view.jobs.values()].map(({ planned, state: jobState, job, attempts, why }) => ({
      ...{ key: planned.key, step: planned.step, state: jobState, attempts },
      ...(job === undefined ? {} : { job }),
      ...(why === undefined ? {} : { why }),
    })),
  } as unknown as JsonObject
}
