import assert from "node:assert/strict"
import { test } from "node:test"
import { createPaint } from "./paint.ts"
import { createProgressLine } from "./progress-line.ts"
import type { Channel } from "./terminal.ts"

function line({ movement = true, quiet = false } = {}) {
  const written: string[] = []
  const channel = { movement, paint: createPaint(false), write: (text: string) => written.push(text) }
  const total = { files: 3, sizeBytes: 2048 }
  return { written, progress: createProgressLine(channel as unknown as Channel, total, { quiet }) }
}

test("nothing is written where no line can be written over, or nobody wants it", () => {
  for (const options of [{ movement: false }, { quiet: true }]) {
    const { written, progress } = line(options)
    progress.bytes(1024)
    progress.file()
    progress.end()
    assert.deepEqual(written, [])
  }
})

test("the line says how much of how much is done, is written over in place, and is taken away at the end", () => {
  const { written, progress } = line()
  progress.bytes(1024)
  progress.end()
  assert.ok(written[0]?.startsWith("\r\u001b[K0 of 3 files, 1 KiB of 2 KiB, "), written[0])
  assert.equal(written.at(-1), "\r\u001b[K")
})

test("where nothing was drawn, nothing is taken away", () => {
  const { written, progress } = line()
  progress.end()
  assert.deepEqual(written, [])
})
