import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { GearContext } from "./gear-context.ts"
import { runGear } from "./run-gear.ts"

const MANIFEST = { config: { k: { type: "integer" } }, inputs: {} } as const

/** Runs code as a gear's, and answers with its log without times, its exit code and what it left. */
async function run(
  t: TestContext,
  main: (context: GearContext<typeof MANIFEST>) => Promise<void>,
  config: string = JSON.stringify({ config: { k: 3 }, inputs: {}, destination: { type: "analysis", id: "" } }),
) {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-run-gear-"))
  const exitCode = process.exitCode
  t.after(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(join(folder, "config.json"), config)
  const lines: string[] = []
  const mocked = t.mock.method(process.stderr, "write", (text: string) => {
    lines.push(text.replace(/^\S+ /, "").trimEnd())
    return true
  })
  await runGear(MANIFEST, main, { folder })
  mocked.mock.restore()
  const code = process.exitCode
  process.exitCode = exitCode
  const file = join(folder, "output/.metadata.json")
  return { lines, code, metadata: existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : undefined }
}

test("what a gear says of its results is written when it ends well", async (t) => {
  const { lines, code, metadata } = await run(t, async (context) => {
    context.updateContainerMetadata("analysis", { info: { k: context.config.k } })
  })
  assert.deepEqual([lines, code, metadata], [[], undefined, { analysis: { info: { k: 3 } } }])
})

test("a gear that throws fails, its reason is the last line, and nothing is said of its results", async (t) => {
  const { lines, code, metadata } = await run(t, async (context) => {
    context.updateContainerMetadata("analysis", { info: { k: 1 } })
    throw new RangeError("too few voxels")
  })
  assert.deepEqual([code, metadata], [1, undefined])
  assert.equal(lines.at(-1), "ERROR too few voxels")
  assert.ok(lines.slice(0, -1).every((line) => line.startsWith("DEBUG ")))
})

test("what is thrown need not be an error, and need not have a trace", async (t) => {
  const thrown = await run(t, () => Promise.reject("only a text"))
  assert.deepEqual([thrown.lines, thrown.code], [["ERROR only a text"], 1])
})

test("a config that cannot be read fails the gear before it begins", async (t) => {
  let hasBegun = false
  const { lines, code } = await run(
    t,
    async () => {
      hasBegun = true
    },
    "{",
  )
  assert.deepEqual([hasBegun, code], [false, 1])
  assert.match(lines.at(-1) ?? "", /^ERROR Cannot read /)
})
