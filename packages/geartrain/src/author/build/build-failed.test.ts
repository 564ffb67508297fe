import assert from "node:assert/strict"
import { test } from "node:test"
import { buildFailed } from "./build-failed.ts"
import { readProgress } from "./read-progress.ts"
import type { ToolEnd } from "./run-tool.ts"

const END: ToolEnd = {
  command: ["buildah", "build"],
  exitCode: 125,
  signal: undefined,
  lines: [],
  cancelled: false,
  timedOut: false,
}

test("a step that failed is named with its own exit code and its last lines, and what to change is clear", () => {
  const error = buildFailed("Dockerfile", END, { step: "RUN make", exitCode: 2, tail: ["make: no targets"] })
  assert.equal(error.message, 'Cannot build "Dockerfile": step "RUN make" failed with exit code 2\n  make: no targets')
  assert.equal(error.hint, "Change that step, and build again")
  assert.deepEqual(error.details["exitCode"], 2)
})

test("where no step is known the program is named, and how it ended", () => {
  const messageOf = (end: Partial<ToolEnd>): string =>
    buildFailed("gear.yaml", { ...END, ...end }, { tail: [] }).message
  assert.equal(messageOf({}), 'Cannot build "gear.yaml": buildah failed with exit code 125')
  assert.match(messageOf({ exitCode: undefined, signal: "SIGKILL" }), /buildah was ended by SIGKILL$/)
  assert.match(messageOf({ timedOut: true }), /took longer than a build may$/)
})

test("a build that its user interrupted did not fail", () => {
  assert.equal(buildFailed("x", { ...END, cancelled: true }, { tail: ["error"] }).code, "INTERRUPTED")
})

test("of a step of many lines the first is told, and that not without end", () => {
  const { message } = buildFailed("x", END, { step: `RUN ${"a".repeat(1000)}\nsecond`, tail: [] })
  assert.ok(message.length < 300)
  assert.ok(!message.includes("second"))
})

test("steps of Dockerfiles and of mmdebstrap are progress, and a folder has none", () => {
  assert.equal(readProgress("dockerfile", "STEP 2/3: RUN make"), "2/3 RUN make")
  assert.equal(readProgress("recipe", "I: extracting archives..."), "extracting archives")
  assert.equal(readProgress("dockerfile", "I: extracting archives..."), undefined)
  assert.equal(readProgress("folder", "STEP 2/3: RUN make"), undefined)
})
