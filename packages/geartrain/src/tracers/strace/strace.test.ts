import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { straceWords } from "./commands.ts"
import { openStraceTracer } from "./index.ts"

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
