import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { build } from "esbuild"

const DOOR = join(import.meta.dirname, "../src/gear/index.ts")
const folder = mkdtempSync(join(tmpdir(), "geartrain-gear-file-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const PROGRAM = `
import { runGear } from "./gear.mjs"
await runGear({ config: { factor: { type: "integer" } }, inputs: {} }, async (context) => {
  const output = await context.openOutput("count.txt")
  await output.writeFile(String(2 * context.config.factor))
  await output.close()
  context.updateFileMetadata("count.txt", { type: "text" })
}, { folder: "." })
`

test("as one file without anything beside it, the library serves a gear in JavaScript", async () => {
  await build({
    entryPoints: [DOOR],
    outfile: join(folder, "gear.mjs"),
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", logLevel: "error" },
  })
  writeFileSync(join(folder, "main.mjs"), PROGRAM)
  const run = (config: object) => {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ config, inputs: {} }))
    return spawnSync(process.execPath, ["main.mjs"], { cwd: folder, env: {}, encoding: "utf8" })
  }
  const good = run({ factor: 21 })
  assert.equal(good.status, 0, good.stderr)
  assert.equal(readFileSync(join(folder, "output/count.txt"), "utf8"), "42")
  const metadata = JSON.parse(readFileSync(join(folder, "output/.metadata.json"), "utf8"))
  assert.deepEqual(metadata, { acquisition: { files: [{ name: "count.txt", type: "text" }] } })
  const bad = run({ factor: "many" })
  assert.equal(bad.status, 1)
  assert.match(bad.stderr.trimEnd().split("\n").at(-1) ?? "", /ERROR Cannot read "config.json": config "factor" is not/)
})
