import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { openFilesLimit } from "./resource-limits.ts"
import { signalName, signalNumber } from "./signals.ts"

test("numbers and names of signals lead to each other", () => {
  for (const name of ["SIGHUP", "SIGINT", "SIGKILL", "SIGSEGV", "SIGTERM", "SIGSYS"] as const) {
    assert.equal(signalName(signalNumber(name)), name)
  }
  for (const number of [0, -1, 65, 1.5, Number.NaN]) assert.equal(signalName(number), undefined)
})

test("the limit of open files is the hard one that the shell tells, too", () => {
  const said = execFileSync("sh", ["-c", "ulimit -H -n"], { encoding: "utf8" }).trim()
  assert.equal(openFilesLimit(), said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said))
})

test("what may be raised to counts, not what is allowed just now", () => {
  const module = new URL("./resource-limits.ts", import.meta.url).href
  const program = `const { openFilesLimit } = await import(${JSON.stringify(module)}); console.log(openFilesLimit())`
  const run = `ulimit -S -n 256 && ulimit -H -n 512 && exec "$0" --input-type=module --eval "$1"`
  assert.equal(execFileSync("sh", ["-c", run, process.execPath, program], { encoding: "utf8" }).trim(), "512")
})
