import { GeartrainError, isEnded, type JobId } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import type { LogLine } from "../../../engine/log/log-line.ts"
import type { Command, Context, Given } from "../../command.ts"
import { escapeLogLine } from "../../output/escape-text.ts"
import type { Channel } from "../../output/terminal.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const logsCommand: Command = {
  name: "logs",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
  flags: {
    follow: { type: "switch", short: "f", says: "Go on until the job ends" },
    stdout: { type: "switch", says: "Only what went to stdout" },
    stderr: { type: "switch", says: "Only what went to stderr" },
    timestamps: { type: "switch", short: "t", says: "Put the time before each line" },
    tail: { type: "text", short: "n", value: "N", says: "Only the last so many lines" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear logs latest", says: "What the last job wrote, each stream to the stream of the same name" },
    { command: "gear logs -f 0123456789ab", says: "Watch a job that runs" },
    { command: "gear logs --server -f latest", says: "Watch the newest job of the server" },
    { command: "gear logs latest --stderr --tail 20", says: "The last 20 lines of stderr" },
  ],
  exits: "answer",
  run: async (context, given) => {
    if (given.has("server")) {
      const { printServerLog } = await import("../../server/print-log.ts")
      await printServerLog(context, given)
      return {}
    }
    const [{ openEngine }, { readLog }, { resolveJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/log/read-log.ts"),
      import("../../../engine/life/resolve-job.ts"),
    ])
    const engine = await openEngine(context.settings(), {})
    try {
      const record = await resolveJob(given.words[0] ?? "", engine)
      const lines = isEnded(record.state) ? readLog(record, engine) : runningLog(record.id, engine, given.has("follow"))
      await printLog(context, given, lines)
      return {}
    } finally {
      await engine.close()
    }
  },
}

/** The log of a job that runs: what there is, and with `--follow` what comes. */
async function* runningLog(id: JobId, engine: Engine, follow: boolean): AsyncIterable<LogLine> {
  const { followLog } = await import("../../../engine/log/read-log.ts")
  const enough = new Error("What there is was read")
  try {
    yield* follow ? followLog(id, engine) : followLog(id, engine, AbortSignal.abort(enough))
  } catch (error) {
    // It would have waited for more now.
    if (error !== enough) throw error
  }
}

async function printLog(context: Context, given: Given, lines: AsyncIterable<LogLine>): Promise<void> {
  const tail = tailOf(given)
  const last: LogLine[] = []
  for await (const line of lines) {
    if (!isWanted(line, given)) continue
    if (tail === undefined) await printLine(context, given, line)
    else {
      last.push(line)
      if (last.length > tail) last.shift()
    }
    if (context.terminal.out.closed()) return
  }
  for (const line of last) await printLine(context, given, line)
}

function tailOf(given: Given): number | undefined {
  const text = given.text("tail")
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new GeartrainError("USAGE", `Cannot read --tail "${text}": it has to be a whole number`, {
    details: { text },
    hint: "Say how many lines: --tail 20",
  })
}

/** Without either flag all of it is wanted, the system's own words too. */
function isWanted(line: LogLine, given: Given): boolean {
  if (!given.has("stdout") && !given.has("stderr")) return true
  return (line.fd === 1 && given.has("stdout")) || (line.fd === 2 && given.has("stderr"))
}

async function printLine(context: Context, given: Given, line: LogLine): Promise<void> {
  const { reply, terminal } = context
  if (reply.json) {
    await terminal.out.pour(`${JSON.stringify(line)}\n`)
    return
  }
  // The streams stay apart, so that `2>/dev/null` does what it always does; alone, stderr is the result.
  const channel = line.fd === 1 || given.has("stderr") ? terminal.out : terminal.err
  const time = given.has("timestamps") ? `${channel.paint.dim(line.time)} ` : ""
  const text = line.fd === -1 ? channel.paint.dim(`[gear] ${line.msg}`) : textFor(channel, line.msg)
  await channel.pour(`${time}${text}\n`)
}

/** A terminal obeys what it is sent; a file or a program gets the bytes as they were. */
function textFor(channel: Channel, msg: string): string {
  return channel.isTerminal ? escapeLogLine(msg) : msg
}
