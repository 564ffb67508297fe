import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { PlanOptions } from "./build-plan.ts"
import { findBuilder } from "./dockerfile/find-builder.ts"
import { planFolder } from "./folder/plan-folder.ts"
import { planBuild } from "./plan-build.ts"

function folderOf(t: TestContext, ...files: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-plan-build-")))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), "{}")
  }
  return folder
}

function options(folder: string, builder?: string): PlanOptions {
  const named = builder === undefined ? {} : { builder }
  return { temporaryFolder: join(folder, "tmp"), network: "none", fresh: false, ...named }
}

async function refusalOf(folder: string, file?: string, builder?: string) {
  try {
    await planBuild(folder, file, options(folder, builder))
  } catch (error) {
    assert.ok(isGeartrainError(error), String(error))
    return {
      code: error.code,
      message: error.message.replaceAll(folder, "F"),
      hint: error.hint?.replaceAll(folder, "F"),
    }
  }
  return undefined
}

test("a root filesystem is taken as it lies, by its own path", async (t) => {
  const folder = folderOf(t, "flywheel/v0/manifest.json")
  symlinkSync(folder, `${folder}/self`)
  const plan = await planBuild(`${folder}/self`, undefined, options(folder))
  assert.deepEqual([plan.kind, plan.source, plan.key, plan.builder], ["folder", folder, undefined, undefined])
  assert.equal(await plan.build({ onLine: () => assert.fail("nothing is said") }), folder)
  assert.equal(await plan.isUnchanged(), true)
  await plan.close()
  assert.ok(readdirSync(folder).includes("flywheel"), "what was not made is not removed")
})

test("a folder is never closed away, whatever its path", async () => {
  const plan = planFolder("/nowhere at all")
  await plan.close()
  assert.deepEqual([await plan.build({ onLine: () => undefined }), plan.notes], ["/nowhere at all", []])
})

test("a folder that is none, is not there, or has nothing to build from, is told what it lacks", async (t) => {
  const folder = folderOf(t, "file")
  assert.equal((await refusalOf(`${folder}/none`))?.message, `Cannot build "F": there is no such folder`)
  const file = await refusalOf(`${folder}/file`)
  assert.deepEqual([file?.code, file?.message], ["BUILD_FOLDER_INVALID", 'Cannot build "F": it is no folder'])
  assert.match(
    (await refusalOf(folder))?.message ?? "",
    /^Cannot build "F": it has no gear\.yaml, no Dockerfile, and is no root filesystem/,
  )
})

test("where several could be meant, all are named, and the first is what the hint says", async (t) => {
  const both = await refusalOf(folderOf(t, "gear.yaml", "Dockerfile", "Containerfile"))
  assert.match(both?.message ?? "", /it has gear\.yaml and Containerfile and Dockerfile, and each could be meant$/)
  assert.equal(both?.hint, "Say which: gear build --file gear.yaml")
  const two = await refusalOf(folderOf(t, "Dockerfile", "Containerfile", "flywheel/v0/manifest.json"))
  assert.equal(two?.hint, "Say which: gear build --file Containerfile")
})

test("a file that is named decides by its ending, and has to be there", async (t) => {
  const folder = folderOf(t, "gear.yaml", "Dockerfile")
  for (const name of ["none.yaml", "none.YML", "none.json", "none"]) {
    const refused = await refusalOf(folder, `${folder}/${name}`)
    assert.deepEqual(
      [refused?.code, refused?.message],
      ["BUILD_FOLDER_INVALID", `Cannot build "F/${name}": there is no such file`],
    )
  }
  const isFolder = await refusalOf(folder, folder)
  assert.match(isFolder?.message ?? "", /it is a folder$/)
  // A recipe is read first of all: this one says nothing of what it is.
  assert.equal((await refusalOf(folder, `${folder}/gear.yaml`))?.code, "RECIPE_INVALID")
  assert.deepEqual(readdirSync(folder).toSorted(), ["Dockerfile", "gear.yaml"])
})

test("a builder that there is not is refused with the names of those that there are", async (t) => {
  const folder = folderOf(t, "Dockerfile")
  const refused = await refusalOf(folder, undefined, "kaniko")
  assert.equal(refused?.code, "BUILDER_MISSING")
  assert.equal(
    refused?.message,
    'Cannot build "F/Dockerfile": there is no builder "kaniko"; there are docker, podman, buildah',
  )
  await assert.rejects(findBuilder("constructor", "try"), { code: "BUILDER_MISSING" })
  await assert.rejects(findBuilder("", "try"), /^GeartrainError: Cannot try: there is no builder ""/)
})
