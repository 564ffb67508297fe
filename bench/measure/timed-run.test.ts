import assert from "node:assert/strict"
import { test } from "node:test"
import { peakMemory, timedRun } from "./timed-run.ts"

test("what a program computes is its CPU time, what it waits for is not", async () => {
  const { wallMs, cpuMs } = await timedRun([
    process.execPath,
    "-e",
    "for (let n = 0; n % 1e6 > 0 || process.cpuUsage().user < 2e5; n += 1); setTimeout(() => {}, 300)",
  ])
  assert.ok(cpuMs >= 200, `${cpuMs}`)
  assert.ok(wallMs >= cpuMs + 200, `${wallMs} ${cpuMs}`)
})

test("a program that fails says so with what it wrote", async () => {
  await assert.rejects(timedRun(["sh", "-c", "echo no; exit 3"]), /sh -c echo no; exit 3 failed: exit code 3\nno/)
})

test("memory is that of the program and its children together", async () => {
  const child = "const b = Buffer.alloc(64 * 1024 * 1024, 1); setTimeout(() => b.length, 300)"
  const bytes = await peakMemory(["sh", "-c", `"$0" -e '${child}'; :`, process.execPath])
  assert.ok(bytes > 64 * 1024 * 1024, `${bytes}`)
})
