import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { feedPipe, fillPipe, openPipe } from "./pipes.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-pipes-"))
after(() => rmSync(folder, { recursive: true, force: true }))

function makePipe(name: string): string {
  const path = join(folder, name)
  execFileSync("mkfifo", [path])
  return path
}

test("a pipe that is opened before its writer comes ends when the last writer has gone", async () => {
  const path = makePipe("late")
  const stream = openPipe(path)
  const pieces: Buffer[] = []
  stream.on("data", (piece: Buffer) => pieces.push(piece))
  const ended = once(stream, "end")
  // The second writer goes last, and both are there before the first is gone.
  const script = 'exec 3>"$0"; echo one >&3; (echo two; sleep 0.05; echo three) >&3 & exec 3>&-; wait'
  const writers = spawn("sh", ["-c", script, path])
  const gone = once(writers, "exit")
  await ended
  await gone
  assert.equal(Buffer.concat(pieces).toString(), "one\ntwo\nthree\n")
})

test("a text waits in a pipe for a reader that comes later", async () => {
  const path = makePipe("filled")
  const filled = fillPipe(path, "a line\n")
  const reader = spawn("sh", ["-c", 'read -r line <"$0" && echo "got $line"', path])
  const [out] = (await once(reader.stdout, "data")) as [Buffer]
  assert.equal(out.toString(), "got a line\n")
  filled.close()
})

test("without a reader a text is gone once the pipe is closed", () => {
  const path = makePipe("closed")
  fillPipe(path, "nobody reads this").close()
  const filled = fillPipe(path, "second")
  const out = execFileSync("sh", ["-c", 'head -c 6 <"$0"', path]).toString()
  filled.close()
  assert.equal(out, "second")
})

test("something is given to whoever waits at a pipe, and then its end, however much it is", async () => {
  const path = makePipe("fed")
  for (const sizeBytes of [10, 300_000]) {
    const reader = spawn("sh", ["-c", 'echo waiting; wc -c <"$0"', path])
    reader.stdout.setEncoding("utf8")
    const content = Buffer.alloc(sizeBytes, "x")
    let printed = ""
    reader.stdout.on("data", (text: string) => (printed += text))
    while (!feedPipe(path, content)) await setTimeout(2)
    await once(reader, "close")
    assert.equal(printed, `waiting\n${sizeBytes}\n`)
  }
})

test("nobody who comes later finds what nobody waited for", async () => {
  const path = makePipe("unfed")
  assert.equal(feedPipe(path, Buffer.from("lost")), false)
  const late = fillPipe(path, "kept\n")
  assert.equal(execFileSync("sh", ["-c", 'read -r line <"$0" && echo "$line"', path]).toString(), "kept\n")
  late.close()
  assert.throws(() => feedPipe(join(folder, "missing"), Buffer.from("x")), { code: "ENOENT" })
})
