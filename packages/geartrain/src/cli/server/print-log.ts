import { usage } from "../arguments/parse-arguments.ts"
import type { Context, Given } from "../command.ts"
import { escapeLogLine } from "../output/escape-text.ts"
import { connectServer } from "./connect.ts"
import { findServerJob } from "./find-job.ts"
import { followServerLog } from "./follow-job.ts"

/** Flags that a log of a server cannot be read by: its lines are those of both streams together. */
const NOT_THERE = ["stdout", "stderr", "timestamps", "tail"]

/** `gear logs --server`: what a job of the server's wrote, as it came. */
export async function printServerLog(context: Context, given: Given): Promise<void> {
  const wrong = NOT_THERE.find((flag) => given.has(flag))
  if (wrong !== undefined) throw usage({ name: "logs" }, `Cannot read --${wrong} with --server: its log is one text`)
  const client = await connectServer(context.settings(), given)
  const job = await findServerJob(client, given.words[0] ?? "")
  if (given.has("follow")) return followServerLog(client, context, job.id)
  const { out } = context.terminal
  const response = await client.send(`/api/v1/jobs/${job.id}/logs`)
  const text = response.body?.pipeThrough(new TextDecoderStream()) ?? []
  for await (const piece of text) {
    // A terminal obeys what it is sent.
    await out.pour(out.isTerminal ? piece.split("\n").map(escapeLogLine).join("\n") : piece)
    if (out.closed()) return
  }
}
