import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { findProgram } from "../../system/linux/find-program.ts"
import { straceWords } from "./commands.ts"
import { openStraceTracer } from "./index.ts"
import { tryStrace } from "./try-strace.ts"

test("where there is no strace that is said, and what mends it", () => {
  assert.throws(
    () => openStraceTracer({ program: "/nowhere/strace" }),
    (error) => isGeartrainError(error, "TRACER_UNAVAILABLE") && error.hint === "apt-get install strace",
  )
})

test("a plan adds nothing to the box, and what is around it ends where the box's own words begin", async () => {
  const plan = await openStraceTracer({ program: "/bin/sh" }).plan("/a folder")
  assert.deepEqual([plan.mounts, plan.prefix], [[], []])
  assert.equal(plan.around.at(-1), "--")
})

test("the record is written where it should be, whatever the folder is called", () => {
  const words = straceWords("strace", "/it's $HOME/record")
  const pipe = words[words.indexOf("-o") + 1] ?? ""
  assert.match(pipe, /^\|exec head -c \d+ >/)
  const target = pipe.slice(pipe.indexOf(">") + 1)
  assert.equal(execFileSync("sh", ["-c", `printf %s ${target}`], { encoding: "utf8" }), "/it's $HOME/record")
})

test("whether strace works is found out by watching something", {
  skip: findProgram("strace") === undefined && "needs strace",
}, async () => {
  const tried = await tryStrace()
  assert.ok(tried.works && /^\d/.test(tried.version), JSON.stringify(tried))
})

test("a program that writes no record is no tracer, and what it said is passed on", async () => {
  assert.deepEqual(await tryStrace({ program: "/nowhere/strace" }), {
    works: false,
    refused: "strace is not installed",
    mend: "apt-get install strace",
  })
  const silent = await tryStrace({ program: "/bin/true" })
  assert.ok(!silent.works && /no record/.test(silent.refused))
  const other = await tryStrace({ program: "/bin/cat" })
  assert.ok(!other.works && /cat/.test(other.refused), JSON.stringify(other))
})
