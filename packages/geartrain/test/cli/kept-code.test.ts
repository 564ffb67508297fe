import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { MAIN } from "./gear-process.ts"

const skip = busyboxMissing() ?? (MAIN.endsWith(".ts") ? "only the built program keeps code" : false)
let home: CliHome
const folder = mkdtempSync(join(tmpdir(), "geartrain-kept-"))
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({ name: "hello", command: "echo hello" })
})
after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await home?.close()
})

function keptIn(place: string): readonly string[] {
  const names = readdirSync(place, { recursive: true, encoding: "utf8" })
  return names.filter((name) => name.endsWith(".code")).map((name) => join(place, name))
}

test("the code of a command is kept, used and, when it is damaged, made again", { skip }, async () => {
  const env = { NODE_COMPILE_CACHE: folder }
  const run = async (): Promise<Buffer> => {
    const { code, out, err } = await home.gear(["run", "-q", "hello"], { env })
    assert.deepEqual({ code, out, err }, { code: 0, out: "hello\n", err: "" })
    const [kept = "", ...others] = keptIn(folder)
    assert.deepEqual(others, [])
    return readFileSync(kept)
  }
  const sizes: number[] = []
  for (let round = 1; round <= 4; round += 1) {
    const kept = await run()
    assert.equal(kept.at(-1), round)
    sizes.push(kept.length)
  }
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => one - other),
  )
  assert.equal((await run()).at(-1), 4)
  for (const path of keptIn(folder)) writeFileSync(path, readFileSync(path).subarray(0, 100_000))
  assert.equal((await run()).at(-1), 1)
})

test("where Node is to keep nothing, neither does gear", { skip }, async () => {
  const empty = mkdtempSync(join(folder, "empty-"))
  const env = { NODE_COMPILE_CACHE: "", NODE_DISABLE_COMPILE_CACHE: "1", XDG_CACHE_HOME: empty }
  assert.equal((await home.gear(["run", "-q", "hello"], { env })).out, "hello\n")
  assert.deepEqual(keptIn(empty), [])
})
