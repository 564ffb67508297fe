import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openNamedPipe } from "./open-named-pipe.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-pipe-"))
after(() => rmSync(folder, { recursive: true }))
const pipe = join(folder, "pipe")
execFileSync("mkfifo", [pipe])

test("A named pipe into which nobody writes is given up, and can be used afterwards", async () => {
  assert.equal(await openNamedPipe(pipe, 1), undefined)
  const reading = openNamedPipe(pipe, 60_000)
  const writer = await open(pipe, "w")
  await writer.writeFile("late")
  await writer.close()
  const reader = await reading
  assert.equal(await reader?.readFile("utf8"), "late")
  await reader?.close()
})
