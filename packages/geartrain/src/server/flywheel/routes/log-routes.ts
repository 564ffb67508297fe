import { Readable } from "node:stream"
import type { ApiApp } from "../../http/api-app.ts"
import type { Caller } from "../../people/caller.ts"
import { needJob } from "../../queue/jobs/need-job.ts"
import { readLog } from "../../queue/logs/read-log.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { ID_PARAMS } from "./paths.ts"

/** What the gear of a job said in its present attempt, as far as it is there. */
export function logRoutes(app: ApiApp, ports: FlywheelPorts): void {
  const schema = { params: ID_PARAMS }
  app.get("/api/jobs/:id/logs", { schema }, async ({ caller, params }, reply) => {
    const lines = await linesOf(ports, caller, params.id)
    return reply.type("application/json; charset=utf-8").send(streamOf(jsonLog(params.id, lines)))
  })
  app.get("/api/jobs/:id/logs/text", { schema }, async ({ caller, params }, reply) => {
    const lines = await linesOf(ports, caller, params.id)
    return reply.type("text/plain; charset=utf-8").send(streamOf(lines))
  })
  app.get("/api/jobs/:id/logs/html", { schema }, async ({ caller, params }, reply) => {
    const lines = await linesOf(ports, caller, params.id)
    return reply.type("text/html; charset=utf-8").send(streamOf(htmlLog(lines)))
  })
}

async function linesOf(ports: FlywheelPorts, caller: Caller, id: string): Promise<AsyncGenerator<string, void>> {
  const row = await needJob(ports, caller, { id, right: "read", action: "job.log" })
  return splitLines(readLog(ports, { job: row.id, attempt: row.attempt }, 0))
}

/** A line that never ends is told in parts. */
const MOST_LINE_CHARACTERS = 64 * 1024

/** Each with the line feed at its end. */
async function* splitLines(pieces: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const { bytes } of pieces) {
    rest += decoder.decode(bytes, { stream: true })
    const lines = rest.split(/(?<=\n)/)
    rest = lines.at(-1)?.endsWith("\n") === true ? "" : (lines.pop() ?? "")
    yield* lines
    if (rest.length > MOST_LINE_CHARACTERS) {
      yield rest
      rest = ""
    }
  }
  rest += decoder.decode()
  if (rest !== "") yield rest
}

/** Whether a line was said or complained is not kept: all of it is told as said. */
async function* jsonLog(id: string, lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield `{"_id":${JSON.stringify(id)},"logs":[`
  let separator = ""
  for await (const msg of lines) {
    yield `${separator}${JSON.stringify({ fd: 1, msg })}`
    separator = ","
  }
  yield "]}"
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

async function* htmlLog(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield '<!doctype html><meta charset="utf-8"><pre>'
  for await (const line of lines) yield line.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? "")
  yield "</pre>"
}

function streamOf(texts: AsyncIterable<string>): Readable {
  return Readable.from(texts, { objectMode: false })
}
