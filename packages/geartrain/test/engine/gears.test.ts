import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type ErrorCode, type Gear, isGeartrainError } from "@geartrain/spec"
import { openImageReference } from "../../src/compose/images/open-image.ts"
import { type ImportOptions, importGear } from "../../src/engine/gears/import-gear.ts"
import { resolveGear } from "../../src/engine/gears/resolve-gear.ts"
import { resolveJob } from "../../src/engine/life/resolve-job.ts"
import { runJob } from "../../src/engine/phases/run-job.ts"
import { readSettings } from "../../src/settings/read-settings.ts"
import { type BusyboxGear, busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
let made = 0
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

test("the same gear imported twice is stored once, and keeps its first import", { skip }, async () => {
  const gear = { name: "twice", command: "true" }
  const first = await bring(gear)
  const second = await bring(gear)
  assert.equal(first.isNew, true)
  assert.equal(second.isNew, false)
  assert.equal(second.gear.id, first.gear.id)
  assert.equal(second.gear.imported, first.gear.imported)
})

test("a released name and version cannot become another gear, unless it is moved on purpose", { skip }, async () => {
  const first = await bring({ name: "released", command: "true" })
  await assert.rejects(
    bring({ name: "released", command: "false" }),
    refusal("GEAR_EXISTS", /another gear of this name and version/),
  )
  const moved = await bring({ name: "released", command: "false" }, { force: true })
  assert.notEqual(moved.gear.id, first.gear.id)
  assert.equal((await resolveGear("released@1.0.0", home.engine)).id, moved.gear.id)
})

test("a gear is found by name and version, by name, and by the first digits of its id", { skip }, async () => {
  const old = await bring({ name: "found", version: "1", command: "true" })
  const newer = await bring({ name: "found", version: "2", command: "true" })
  assert.equal((await resolveGear("found@1", home.engine)).id, old.gear.id)
  assert.equal((await resolveGear("found", home.engine)).id, newer.gear.id)
  assert.equal((await resolveGear(digits(old.gear, 12), home.engine)).id, old.gear.id)
  await assert.rejects(resolveGear("foun", home.engine), refusal("GEAR_NOT_FOUND", /found@1/))
})

test("digits that two gears begin with are refused, with both", { skip }, async () => {
  const { gear } = await bring({ name: "alike", command: "true" })
  const twin: Gear = { ...gear, id: `${gear.id.slice(0, 40)}${"0".repeat(31)}` as Gear["id"] }
  await home.engine.gears.putGear(twin)
  await assert.rejects(
    resolveGear(digits(gear, 10), home.engine),
    refusal("GEAR_AMBIGUOUS", /alike@1.0.0.* or alike@1.0.0/),
  )
  await home.engine.gears.removeGear(twin.id)
})

test("a job is found by the first digits of its id and as the latest, and not by others", { skip }, async () => {
  const { gear } = await bring({ name: "one-job", command: "true" })
  const record = await runJob({ gear, config: {}, files: {} }, home.engine)
  assert.equal((await resolveJob(record.id.slice(0, 12), home.engine)).id, record.id)
  assert.equal((await resolveJob("latest", home.engine)).id, record.id)
  await assert.rejects(resolveJob("ffffffffffff", home.engine), refusal("JOB_NOT_FOUND", /no job has an id/))
})

test("an image without a manifest, and one whose manifest cannot be right, are no gears", { skip }, async () => {
  await assert.rejects(
    bring({ command: "true" }, {}, async (folder) =>
      writeFile(join(folder, "flywheel/v0/manifest.json"), '{"name": "x",}'),
    ),
    refusal("MANIFEST_INVALID", /manifest.json:1:13/),
  )
  await assert.rejects(
    bring({ command: "true", config: { mode: { type: "string", enum: ["a", "b"], default: "c" } } }),
    refusal("MANIFEST_INVALID", /mode/),
  )
  const forced = await bring(
    { name: "odd", command: "true", config: { mode: { type: "string", enum: ["a"], default: "c" } } },
    { force: true },
  )
  assert.ok(forced.warnings.length > 0)
})

test("a folder that is no gear is told what it lacks", { skip }, async () => {
  const image = await openImageReference(join(home.folder, "home"), readSettings(process.env))
  try {
    await assert.rejects(
      importGear(image, home.engine),
      refusal("IMAGE_NOT_A_GEAR", /no file \/flywheel\/v0\/manifest.json/),
    )
  } finally {
    await image.close()
  }
})

test("an input that is no name of a folder is refused before there is a job", {
  skip,
}, async () => {
  const inputs = { "../up": { base: "file", optional: true } }
  const { gear } = await bring({ name: "reader", command: "true", inputs }, { force: true })
  const path = await home.file("data.txt", "x")
  await assert.rejects(
    runJob({ gear, config: {}, files: { "../up": path } }, home.engine),
    refusal("INPUT_NAME_UNSAFE", /cannot be that of a folder/),
  )
})

async function bring(gear: BusyboxGear, options: ImportOptions = {}, change?: (folder: string) => Promise<unknown>) {
  made += 1
  const folder = makeBusyboxGear(join(home.folder, `made-${made}`), gear)
  // The same gear has the same bytes only if its files have the same times.
  await sameTimes(folder)
  await change?.(folder)
  const image = await openImageReference(
    folder,
    readSettings({ ...process.env, XDG_CACHE_HOME: join(home.folder, "cache") }),
  )
  try {
    return await importGear(image, home.engine, options)
  } finally {
    await image.close()
  }
}

async function sameTimes(folder: string): Promise<void> {
  const { utimes } = await import("node:fs/promises")
  for (const path of ["bin/busybox", "bin/bash", "etc/passwd", "flywheel/v0/manifest.json"]) {
    assert.ok((await readFile(join(folder, path))).length > 0)
    await utimes(join(folder, path), 1_700_000_000, 1_700_000_000)
  }
}

function digits(gear: Gear, count: number): string {
  return gear.id.slice("sha256:".length, "sha256:".length + count)
}

function refusal(code: ErrorCode, says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, says)
    return true
  }
}
