import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { createGearLog } from "./gear-log.ts"
import { writeLogLine } from "./system/standard-error.ts"

/** What is written to standard error from now on. */
function written(t: TestContext): readonly string[] {
  const lines: string[] = []
  t.mock.method(process.stderr, "write", (text: string) => {
    lines.push(text)
    return true
  })
  return lines
}

test("a line has the time in UTC, the level in a column of its own, and the text as it is", (t) => {
  const lines = written(t)
  t.mock.timers.enable({ apis: ["Date"], now: 0 })
  writeLogLine("INFO", "one  two")
  writeLogLine("ERROR", "")
  assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z INFO  one  two\n", "1970-01-01T00:00:00.000Z ERROR \n"])
})

test("each level is told as itself, and details only to those who asked for them", (t) => {
  const lines = written(t)
  for (const debug of [false, true]) {
    const log = createGearLog({ debug })
    log.debug("a")
    log.info("b")
    log.warn("c")
    log.error("d")
  }
  assert.deepEqual(
    lines.map((line) => line.trim().split(/ +/).slice(1).join(" ")),
    ["INFO b", "WARN c", "ERROR d", "DEBUG a", "INFO b", "WARN c", "ERROR d"],
  )
})
