import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { readPegasusFile } from "./read-pegasus-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-pegasus-file-"))
after(() => rmSync(folder, { recursive: true, force: true }))

async function codeOf(path: string): Promise<string> {
  try {
    await readPegasusFile(path, "Look elsewhere")
    return "none"
  } catch (error) {
    if (!isGeartrainError(error)) throw error
    return error.code
  }
}

test("the bytes of a file come as they are", async () => {
  writeFileSync(join(folder, "job.out"), Buffer.from([0, 255, 10]))
  assert.deepEqual([...(await readPegasusFile(join(folder, "job.out"), ""))], [0, 255, 10])
})

test("what is no file is refused with its reason, and never waited for", async () => {
  writeFileSync(join(folder, "file"), "")
  symlinkSync("loop", join(folder, "loop"))
  execFileSync("mkfifo", [join(folder, "pipe")])
  assert.equal(await codeOf(join(folder, "absent")), "PEGASUS_FILE_MISSING")
  assert.equal(await codeOf(join(folder, "file/below")), "PEGASUS_FILE_MISSING")
  for (const name of [".", "loop", "pipe", "x".repeat(300)]) {
    assert.equal(await codeOf(join(folder, name)), "PEGASUS_DOCUMENT_INVALID", name)
  }
})
