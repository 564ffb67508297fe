import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { contextOf, HOSTILE, hasControls } from "../../../test/cli/told.ts"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import { openEngine } from "../../compose/open-engine.ts"
import type { JobPlan } from "../../engine/phases/plan-job.ts"
import { createPaint } from "../output/paint.ts"
import { dryRunData, dryRunLines } from "./dry-run-lines.ts"
import { openGear } from "./open-gear.ts"
import { readJsonFile } from "./read-json-file.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-before-run-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function planOf(invocation: object): JobPlan {
  return {
    ...{ gear: gear(1), invocationDigest: digest(7), process: { command: ["run", HOSTILE] }, limits: { cpuCores: 2 } },
    invocation: { ...job(1).invocation, config: {}, ...invocation },
    inputs: new Map([["scan", "/data/a b.nii"]]),
  } as unknown as JobPlan
}

const rowsOf = (invocation: object): readonly string[] =>
  dryRunLines(planOf(invocation), "crun", createPaint(false)).map((line) => line.trim().replace(/ {2,}/, "  "))

test("what would run is told with where each input lies, and what has no path by what it is", () => {
  const rows = rowsOf({
    inputs: {
      scan: { base: "file", name: "a", digest: digest(1) },
      other: { base: "file", name: HOSTILE, digest: digest(2) },
      key: { base: "api-key" },
      here: { base: "context", found: true, value: "2" },
      gone: { base: "context", found: false },
    },
    config: { [HOSTILE]: 1, word: "true" },
    destination: { type: "session", id: "ab" },
  })
  assert.equal(rows[0], "Would run gear-1@1.0.0 with crun; nothing was run")
  assert.ok(rows.includes(`input scan  /data/a b.nii  ${digest(1)}`))
  assert.ok(rows.includes("input key  a key, which is not recorded"))
  assert.ok(rows.includes('input here  "2"'))
  assert.ok(rows.includes("input gone  not found"))
  assert.ok(rows.includes('config word  "true"'))
  assert.ok(rows.includes("destination  session ab"))
  assert.ok(!hasControls(rows.join("")))
})

test("of thousands of inputs the first are told, and the rest counted", () => {
  const inputs = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`i${at}`, { base: "file", name: "n", digest: digest(at) }]),
    )
  const told = (count: number) => rowsOf({ inputs: inputs(count) }).filter((row) => row.startsWith("input"))
  assert.equal(told(20).length, 20)
  assert.deepEqual([told(1000).length, told(1000).at(-1)], [21, "inputs  … and 980 more"])
})

test("programs are told the invocation whole, with its digest and limits", () => {
  const plan = planOf({ config: { a: [1] } })
  assert.deepEqual(dryRunData(plan, "crun"), {
    ...{ provider: "crun", invocationDigest: digest(7), command: ["run", HOSTILE], limits: { cpuCores: 2 } },
    invocation: plan.invocation,
  })
})

test("a document is read as strictly as a manifest, within its limits, every fault at its place", async (context) => {
  const path = join(folder(context), "d.json")
  const refuse = ({ is }: { readonly is: string }) => new GeartrainError("USAGE", is)
  const read = async (text: string, more: object = {}) => {
    writeFileSync(path, text)
    return (await readJsonFile(path, { longestBytes: 100, refuse, ...more })).value
  }
  assert.equal(JSON.stringify(await read('{"a": [1, "\\u00e9"]}')), '{"a":[1,"é"]}')
  const refused: readonly (readonly [string, RegExp, object?])[] = [
    ["", /d\.json:1:1: /],
    ['{"a": 1, "a": 2}', /^it has 1 fault\n.*d\.json:1:10: /],
    ["[1,]", /it has 1 fault/],
    ['{"a": 01}', /it has/],
    [`"${"x".repeat(99)}"`, /^it has 101 bytes, and 100 are the most$/],
    ["[1,2,3,4]", /it has/, { maxValues: 3 }],
  ]
  for (const [text, message, more] of refused) await assert.rejects(read(text, more), { message }, text)
})

/** An engine over a store of its own, in which no box is ever started. */
async function opened(context: TestContext) {
  const home = folder(context)
  const told = contextOf({ env: { GEARTRAIN_HOME: join(home, "gears"), XDG_CACHE_HOME: join(home, "cache") } })
  const engine = await openEngine(told.settings, { write: true })
  context.after(() => engine.close())
  return { home, engine, ...told }
}

const MANIFEST = {
  ...{ name: "count-words", label: "Count", description: "", version: "1.0.0", author: "Ann", license: "MIT" },
  ...{ url: "", source: "", command: "./run", config: {}, inputs: {} },
}

test("a word without a slash is a stored gear, whatever lies here; one that is not there is told as that", async (context) => {
  const { engine, context: with_ } = await opened(context)
  await engine.gears.putGear(gear(1))
  assert.deepEqual(await openGear(gear(1).id, engine, with_), { gear: gear(1) })
  await assert.rejects(openGear("none", engine, with_), { code: "GEAR_NOT_FOUND" })
})

test("a root filesystem in a folder is run as it lies there, and is not stored", async (context) => {
  const { home, engine, context: with_, err } = await opened(context)
  const root = join(home, "root")
  mkdirSync(join(root, "flywheel/v0"), { recursive: true })
  writeFileSync(join(root, "flywheel/v0/manifest.json"), JSON.stringify(MANIFEST))
  const found = await openGear(`${root}/`, engine, with_)
  assert.equal(found.gear.manifest.name, "count-words")
  assert.deepEqual(found.development?.root, { form: "tree", path: root })
  assert.equal(await engine.gears.getGear(found.gear.id), undefined)
  assert.ok(!hasControls(err()))
  // What is changed in it is another gear.
  writeFileSync(join(root, "data"), "1")
  assert.notEqual((await openGear(root, engine, with_)).gear.id, found.gear.id)
})

test("a path that leads nowhere is an image that is not there", async (context) => {
  const { home, engine, context: with_ } = await opened(context)
  await assert.rejects(openGear(join(home, "none.tar"), engine, with_), { code: "IMAGE_NOT_FOUND" })
  writeFileSync(join(home, "no.tar"), "no tar")
  await assert.rejects(openGear(join(home, "no.tar"), engine, with_), { code: "IMAGE_TRUNCATED" })
})
