import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { holdFolder } from "./hold-folder.ts"

test("a folder is one process's, until it gives it back or is killed", async (context) => {
  const around = await mkdtemp(join(tmpdir(), "geartrain-hold-"))
  context.after(() => rm(around, { recursive: true, force: true }))
  const folder = join(around, "data")
  const script = `const { holdFolder } = await import(${JSON.stringify(join(import.meta.dirname, "hold-folder.ts"))})
    await holdFolder(${JSON.stringify(folder)}, "server"); console.log("held"); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] })
  context.after(() => other.kill("SIGKILL"))
  await once(other.stdout, "data")
  await assert.rejects(
    holdFolder(folder, "server"),
    (error) => isGeartrainError(error, "FOLDER_IN_USE") && error.message.endsWith("another server has it"),
  )
  other.kill("SIGKILL")
  await once(other, "close")
  const held = await holdFolder(folder, "server")
  await assert.rejects(holdFolder(folder, "server"), (error) => isGeartrainError(error, "FOLDER_IN_USE"))
  held.release()
  const again = await holdFolder(folder, "server")
  again.release()
})
