import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobEvent } from "../../engine/job-request.ts"
import { createPaint } from "../output/paint.ts"
import { createReply } from "../output/reply.ts"
import type { Channel, Terminal } from "../output/terminal.ts"
import { createJobView, type JobViewOptions } from "./job-view.ts"

interface Screen {
  readonly terminal: Terminal
  readonly out: () => string
  readonly err: () => string
}

/** Both streams on one terminal, or both into files. */
function screen(isTerminal: boolean): Screen {
  const written = { out: "", err: "" }
  const channel = (name: "out" | "err"): Channel => ({
    isTerminal,
    movement: isTerminal,
    columns: 80,
    paint: createPaint(false),
    closed: () => false,
    write: (text) => {
      written[name] += text
    },
    pour: (data) => {
      written[name] += typeof data === "string" ? data : new TextDecoder().decode(data)
      return undefined
    },
    stopWaiting: () => undefined,
    flush: async () => undefined,
  })
  return {
    terminal: { out: channel("out"), err: channel("err"), canAsk: () => false, flush: async () => undefined },
    out: () => written.out,
    err: () => written.err,
  }
}

const ID = "0123456789abcdef01234567"
const text = (stream: "stdout" | "stderr", words: string): JobEvent => ({
  type: "output",
  stream,
  bytes: new TextEncoder().encode(words),
})

function play(to: Screen, options: Partial<JobViewOptions>, ...events: readonly JobEvent[]): void {
  const reply = createReply(to.terminal, { json: false, quiet: false })
  const view = createJobView(to.terminal, reply, { quiet: false, streams: "apart", title: "g@1", ...options })
  for (const event of events) void view.onEvent(event)
  view.end()
}

const EVENTS: readonly JobEvent[] = [
  { type: "created", id: ID },
  { type: "phase", phase: "preparing" },
  { type: "phase", phase: "executing" },
  { type: "progress", runMs: 1000 },
  text("stdout", "result\n"),
  text("stderr", "note\n"),
  { type: "progress", runMs: 2000 },
  { type: "phase", phase: "collecting" },
]

test("into a file there is one plain line for each change, and the streams stay apart", () => {
  const to = screen(false)
  play(to, {}, ...EVENTS)
  assert.equal(to.out(), "result\n")
  assert.equal(to.err(), `job ${ID}  g@1\nreading inputs and preparing\nrunning\nnote\ncollecting outputs\n`)
})

test("quiet, only the gear is heard", () => {
  const to = screen(false)
  play(to, { quiet: true }, ...EVENTS)
  assert.equal(to.out(), "result\n")
  assert.equal(to.err(), "note\n")
})

test("the gear's own output can go to stderr, or nowhere", () => {
  const aside = screen(false)
  play(aside, { quiet: true, streams: "stderr" }, ...EVENTS)
  assert.deepEqual([aside.out(), aside.err()], ["", "result\nnote\n"])
  const silent = screen(false)
  play(silent, { quiet: true, streams: "nowhere" }, ...EVENTS)
  assert.deepEqual([silent.out(), silent.err()], ["", ""])
})

test("on a terminal the line is written over in place, and is gone at the end", () => {
  const to = screen(true)
  play(to, {}, ...EVENTS)
  assert.ok(to.err().includes("\r\u001b[Krunning 00:01"))
  assert.ok(to.err().endsWith("\r\u001b[K"))
  assert.ok(to.err().startsWith("job 0123456789ab  g@1\n"))
})

test("the line has the memory of the moment, where it can be told", () => {
  const to = screen(true)
  play(to, {}, { type: "phase", phase: "executing" }, { type: "progress", runMs: 2000, memoryBytes: 3 * 1024 ** 3 })
  assert.ok(to.err().includes("\r\u001b[Krunning 00:02  3 GiB of memory"))
})

test("our line does not tear a line of the gear's apart", () => {
  const to = screen(true)
  play(
    to,
    {},
    { type: "phase", phase: "executing" },
    text("stderr", "half a "),
    { type: "progress", runMs: 1000 },
    { type: "progress", runMs: 2000 },
    text("stderr", "line\n"),
  )
  assert.ok(to.err().includes("half a line\n"))
})

test("a gear that ends in the middle of a line gets its line end before our words", () => {
  const to = screen(true)
  play(to, {}, { type: "phase", phase: "executing" }, text("stderr", "no end"))
  assert.ok(to.err().endsWith("no end\n"))
})
