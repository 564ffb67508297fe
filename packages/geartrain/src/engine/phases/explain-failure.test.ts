import assert from "node:assert/strict"
import { test } from "node:test"
import type { LogLine } from "../log/log-line.ts"
import { type Ending, explainFailure, tellingLine } from "./explain-failure.ts"

test("a gear that ended with 0 has no failure, whatever it printed", () => {
  assert.equal(explainFailure(ending({ code: 0, err: ["error: not really"] })), undefined)
})

test("an out-of-memory kill names the resources, the limit, and a replay with twice as much", () => {
  const found = explainFailure({
    ...ending({ code: 137 }),
    exit: exit(137, { outOfMemory: true, signal: "SIGKILL" }),
    limits: { memoryBytes: 64 * 1024 * 1024 },
  })
  assert.equal(found?.reason, "OUT_OF_MEMORY")
  assert.equal(found?.culprit, "resources")
  assert.match(found?.message ?? "", /its limit of 64.0 MiB/)
  assert.equal(found?.next, "gear replay 0123456789abcdef01234567 --memory 128m")
})

test("a box that stood still at its memory limit is out of memory, and the evidence is not that of a kill by the kernel", () => {
  const found = explainFailure({
    ...ending({ code: 137, out: ["reading"] }),
    exit: exit(137, { outOfMemory: true, memoryStall: true, signal: "SIGKILL" }),
    limits: { memoryBytes: 64 * 1024 * 1024 },
  })
  assert.equal(found?.reason, "OUT_OF_MEMORY")
  assert.match(found?.evidence ?? "", /^for 10 s the box stood at its memory limit .* the kernel killed nothing/)
  assert.match(found?.evidence ?? "", /; last line: reading$/)
})

test("a kill that is no out-of-memory kill is told as a signal", () => {
  const found = explainFailure({ ...ending({ code: 137 }), exit: exit(137, { signal: "SIGKILL" }) })
  assert.equal(found?.reason, "KILLED_BY_SIGNAL")
})

test("an exit code other than 0 names the gear, with the line that tells most", () => {
  const found = explainFailure(
    ending({ code: 3, out: ["reading", "done 50 %"], err: ["Error: no convergence", "bye"] }),
  )
  assert.equal(found?.reason, "NONZERO_EXIT")
  assert.equal(found?.culprit, "gear")
  assert.equal(found?.evidence, "Error: no convergence")
  assert.equal(found?.next, "gear debug 0123456789abcdef01234567")
})

test("last words about an input's path name the input", () => {
  const found = explainFailure(ending({ code: 1, err: ["cannot open /flywheel/v0/input/dicom/scan.zip: not a zip"] }))
  assert.equal(found?.culprit, "input")
  assert.match(found?.message ?? "", /input "dicom"/)
})

test("a failure without a word has no known culprit", () => {
  assert.equal(explainFailure(ending({ code: 1 }))?.culprit, "unknown")
})

test("a command that bash does not find, or cannot execute, is told as that", () => {
  assert.equal(
    explainFailure(ending({ code: 127, err: ["bash: line 1: bet2: command not found"] }))?.reason,
    "COMMAND_NOT_FOUND",
  )
  assert.equal(
    explainFailure(ending({ code: 126, err: ["bash: ./run: Permission denied"] }))?.reason,
    "COMMAND_NOT_EXECUTABLE",
  )
})

test("a gear that looked for the network without having it is told how to be granted it, and only then", () => {
  const words = ["curl: (6) Could not resolve host: example.org"]
  const sealed = explainFailure(ending({ code: 6, err: words }))
  assert.equal(sealed?.reason, "NETWORK_DENIED")
  assert.match(sealed?.next ?? "", /--network outbound/)
  assert.equal(explainFailure({ ...ending({ code: 6, err: words }), network: "outbound" })?.reason, "NONZERO_EXIT")
})

test("a refused fork under a limit of processes names the limit", () => {
  const found = explainFailure({
    ...ending({ code: 254, err: ["sh: can't fork: Resource temporarily unavailable"] }),
    limits: { processes: 10 },
  })
  assert.equal(found?.reason, "PROCESS_LIMIT")
  assert.match(found?.next ?? "", /--pids 40/)
})

test("what the engine ended is told so, even when the gear then said something else", () => {
  const timed = explainFailure({
    ...ending({ code: 143, err: ["error: interrupted"] }),
    endedBy: "time-limit",
    limits: { timeMs: 5000 },
  })
  assert.equal(timed?.reason, "TIME_LIMIT")
  assert.match(timed?.next ?? "", /--timeout 20s/)
  assert.equal(explainFailure({ ...ending({ code: 143 }), endedBy: "cancelled" })?.culprit, "user")
  assert.equal(explainFailure({ ...ending({ code: 137 }), endedBy: "disk-full" })?.reason, "DISK_FULL")
  assert.equal(
    explainFailure({ ...ending({ code: 137 }), endedBy: "output-limit", limits: { outputBytes: 10 } })?.reason,
    "OUTPUT_LIMIT",
  )
})

test("a telling line is cut to what a terminal can show", () => {
  assert.ok((tellingLine([line(2, `error ${"x".repeat(1000)}`)]) ?? "").length <= 300)
})

function ending(seen: {
  readonly code: number
  readonly out?: readonly string[]
  readonly err?: readonly string[]
}): Ending {
  return {
    id: "0123456789abcdef01234567",
    exit: exit(seen.code),
    limits: {},
    network: "none",
    wallMs: 1234,
    tail: [...(seen.out ?? []).map((msg) => line(1, msg)), ...(seen.err ?? []).map((msg) => line(2, msg))],
    inputs: ["dicom"],
  }
}

function exit(code: number, more: Partial<Ending["exit"]> = {}): Ending["exit"] {
  return { code, outOfMemory: false, outOfProcesses: false, usage: {}, ...more }
}

function line(fd: 1 | 2, msg: string): LogLine {
  return { time: "2026-01-01T00:00:00.000Z", fd, msg }
}
