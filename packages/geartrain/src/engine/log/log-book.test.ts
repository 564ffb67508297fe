import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { LogBook, type LogLimits } from "./log-book.ts"
import type { LogLine } from "./log-line.ts"

test("lines of both streams are told apart, cut at line feeds and kept in the order of their ends", async () => {
  const { lines, summary } = await logOf(async (log) => {
    await log.write(1, Buffer.from("one\ntw"))
    await log.write(2, Buffer.from("err\r\n"))
    await log.write(1, Buffer.from("o\nrest"))
  })
  assert.deepEqual(
    lines.map((line) => [line.fd, line.msg]),
    [
      [1, "one"],
      [2, "err"],
      [1, "two"],
      [1, "rest"],
    ],
  )
  assert.equal(summary.lines, 4)
})

test("a character that arrives in two pieces is whole in the log", async () => {
  const bytes = Buffer.from("é\n")
  const { lines } = await logOf(async (log) => {
    await log.write(1, bytes.subarray(0, 1))
    await log.write(1, bytes.subarray(1))
  })
  assert.equal(lines[0]?.msg, "é")
})

test("lines that come in any pieces are the same lines", async () => {
  const text = Buffer.from(`a\r\n\n${"ü".repeat(20_000)}\nlast ✓\r\nno end`)
  const whole = await logOf((log) => log.write(1, text))
  for (const size of [1, 3, 7, 1000, 17_001]) {
    const { lines, summary } = await logOf(async (log) => {
      for (let at = 0; at < text.length; at += size) await log.write(1, text.subarray(at, at + size))
    })
    assert.equal(
      lines
        .map((line) => line.msg)
        .join("|")
        .replaceAll("ü|ü", "üü"),
      `a||${"ü".repeat(20_000)}|last ✓|no end`,
    )
    assert.ok(lines.length <= whole.lines.length + 2, `${size}: ${lines.length} lines`)
    assert.equal(summary.lines, lines.length)
  }
})

test("a log that is too long keeps its beginning and its end, and says what is left out", async () => {
  const limits = { headBytes: 1000, tailBytes: 1000 }
  const { lines, summary } = await logOf(async (log) => {
    for (let index = 0; index < 30_000; index++) await log.write(1, Buffer.from(`line ${index}\n`))
  }, limits)
  assert.equal(lines[0]?.msg, "line 0")
  assert.equal(lines.at(-1)?.msg, "line 29999")
  assert.ok(lines.some((line) => line.fd === -1 && /left out/.test(line.msg)))
  assert.ok(lines.length < 40)
  assert.equal(summary.lines, 30_000)
  assert.ok(summary.droppedBytes > 100_000)
})

test("a line without end is cut into pieces, not gathered in memory", async () => {
  const { lines } = await logOf(async (log) => {
    for (let index = 0; index < 10; index++) await log.write(1, Buffer.alloc(10_000, "x"))
  })
  assert.ok(lines.length >= 6)
  assert.equal(
    lines.reduce((sum, line) => sum + line.msg.length, 0),
    100_000,
  )
  assert.ok(lines.every((line) => line.msg.length <= 16 * 1024))
})

test("the last lines are told, wherever they were kept", async () => {
  const limits = { headBytes: 100 * 80, tailBytes: 50 * 80 }
  const short = await logOf((log) => log.write(2, Buffer.from("one\ntwo")), limits)
  assert.deepEqual(
    short.summary.tail.map((line) => line.msg),
    ["one", "two"],
  )
  const long = await logOf(async (log) => {
    for (let index = 0; index < 1000; index++) await log.write(2, Buffer.from(`${index}\n`))
    await log.note("the end\nof it")
  }, limits)
  assert.deepEqual(
    long.summary.tail.slice(-2).map((line) => [line.fd, line.msg]),
    [
      [2, "999"],
      [-1, "the end of it"],
    ],
  )
})

async function logOf(use: (log: LogBook) => Promise<void>, limits?: LogLimits) {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-log-"))
  try {
    const path = join(folder, "log.ndjson")
    const log = await LogBook.open(path, limits === undefined ? {} : { limits })
    await use(log)
    const summary = await log.close()
    const text = await readFile(path, "utf8")
    const lines = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LogLine)
    return { lines, summary }
  } finally {
    await rm(folder, { recursive: true })
  }
}
