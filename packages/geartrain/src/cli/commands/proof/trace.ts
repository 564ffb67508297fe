import type { JsonObject } from "@geartrain/spec"
import type { TracedJob } from "../../../compose/proof/trace-job.ts"
import type { SeenSubject } from "../../../provenance/trace/trace-summary.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { differenceSentence, tellVerdict, type VerifiedJob } from "../../proof/tell-verdict.ts"
import { INPUT_AGAIN, inputsAgain, VERDICT_EXITS, verdictResult } from "../../proof/verdict-answer.ts"
import { watchVerify } from "../../proof/watch-verify.ts"

export const traceCommand: Command = {
  name: "trace",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
  flags: {
    ...INPUT_AGAIN,
    provider: { type: "text", value: "NAME", says: "Run it with this provider", complete: "provider" },
  },
  examples: [
    { command: "gear trace latest", says: "Run the last job again, watched, and tell what it did" },
    { command: "gear trace latest --verbose", says: "Every name, also those that it looked for in vain" },
    { command: "gear trace 0123456789ab --json", says: "The same for programs" },
  ],
  notes: [
    "The job is run again by the record alone, as gear verify does, with strace around its box, and its outputs are compared: of a job that does otherwise when it is watched, the trace says little. What the kernel opens by itself (the loader of a program, the interpreter of a script) is not told.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "it did the same, watched: identical, or equivalent by the gear's manifest",
    1: "different: what was seen need not be what the recorded job did",
    6: "undecided: the job could not be run again, or not to its end",
  },
  run: async (context, given) => {
    const [{ openEngine }, { resolveJob }, { traceJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../compose/proof/trace-job.ts"),
    ])
    const files = inputsAgain(given)
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      write: true,
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const record = await resolveJob(given.words[0] ?? "", engine)
      const traced = await watchVerify(context, record, (options) => traceJob(record, engine, { ...options, files }))
      return tell(context, { record, ...traced })
    } finally {
      await engine.close()
    }
  },
}

function tell(context: Context, traced: TracedJob & VerifiedJob): CommandResult {
  const { reply } = context
  const { record, verification, job, seen } = traced
  const subjects = seen.subjects()
  for (const section of SECTIONS) tellSection(context, section, subjects.filter(section.holds))
  if (seen.left > 0) reply.warn(`there were too many names: ${formatCount(seen.left, "event")} more were left out`)
  tellVerdict(context, traced)
  const data: JsonObject = {
    ...(verification as unknown as JsonObject),
    verifies: record.id,
    left: seen.left,
    seen: subjects.map(({ subject, actions, succeeded }) => ({ subject, actions: [...actions], succeeded })),
  }
  const told = { message: differenceSentence(traced), fix: `gear diff ${record.id} ${job.id}` }
  return verdictResult(verification.verdict, data, told)
}

interface Section {
  readonly title: string
  readonly holds: (seen: SeenSubject) => boolean
  /** How many are shown without --verbose. */
  readonly most: number
}

/** The worst surprise first. A name comes in each section that it belongs to. */
const SECTIONS: readonly Section[] = [
  { title: "tried to reach", most: 50, holds: ({ actions }) => actions.includes("connect") },
  { title: "executed", most: 20, holds: done("execute") },
  { title: "wrote", most: 20, holds: done("write") },
  { title: "read", most: 10, holds: done("read") },
  { title: "only looked for", most: 0, holds: ({ actions, succeeded }) => succeeded && actions.join() === "look" },
  { title: "wanted in vain", most: 0, holds: ({ actions, succeeded }) => !succeeded && !actions.includes("connect") },
]

function done(action: "execute" | "write" | "read"): Section["holds"] {
  return ({ actions, succeeded }) => succeeded && actions.includes(action)
}

function tellSection({ reply, options, terminal }: Context, section: Section, found: readonly SeenSubject[]): void {
  const { paint } = terminal.out
  reply.print(`${paint.bold(section.title)}  ${found.length === 0 ? "nothing" : formatCount(found.length, "name")}`)
  const shown = options.verbose ? found : found.slice(0, section.most)
  for (const { subject } of shown) reply.print(`  ${escapeText(subject)}`)
  const left = found.length - shown.length
  if (left > 0 && shown.length > 0) reply.print(`  ${paint.dim(`and ${left} more: gear trace --verbose`)}`)
}
