import assert from "node:assert/strict"
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { readYamlFile } from "../../../documents/read-yaml.ts"
import { sha256 } from "../../../system/hash.ts"
import { stageFiles } from "./stage-files.ts"

interface Given {
  /** Content by path; a folder by a slash at its end. */
  readonly folder?: Readonly<Record<string, string>>
  /** As the recipe says it. */
  readonly files?: Readonly<Record<string, string>>
  readonly prepare?: (folder: string) => void
}

async function stage(t: TestContext, { folder = {}, files = {}, prepare }: Given) {
  const top = mkdtempSync(join(tmpdir(), "geartrain-stage-files-"))
  t.after(() => rmSync(top, { recursive: true, force: true }))
  const [source, target] = [join(top, "source"), join(top, "target")]
  mkdirSync(target)
  for (const [path, content] of Object.entries({ "manifest.json": "{}", ...folder })) {
    mkdirSync(dirname(join(source, path)), { recursive: true })
    if (path.endsWith("/")) mkdirSync(join(source, path))
    else writeFileSync(join(source, path), content)
  }
  prepare?.(source)
  const recipe = join(source, "gear.yaml")
  const lines = Object.entries(files).map(([path, from]) => `  ${JSON.stringify(path)}: ${JSON.stringify(from)}`)
  writeFileSync(recipe, ["recipe: 1", "files:", ...lines, ""].join("\n"))
  const document = await readYamlFile(recipe, "RECIPE_INVALID")
  return { target, staged: await stageFiles(files, { folder: source, document }, target) }
}

/** What is said to be wrong, and in which line of the recipe. */
async function faultOf(t: TestContext, given: Given): Promise<string> {
  try {
    await stage(t, given)
  } catch (error) {
    assert.ok(isGeartrainError(error, "RECIPE_INVALID"), String(error))
    return error.message.replaceAll(/\S*\/gear\.yaml/g, "gear.yaml")
  }
  return "nothing"
}

test("manifest and program come along without being named, unless the recipe names others for them", async (t) => {
  const both = await stage(t, { folder: { run: "#!/bin/sh\n" } })
  assert.deepEqual(both.staged, [
    { path: "flywheel/v0/manifest.json", digest: sha256(Buffer.from("{}")), executable: false },
    { path: "flywheel/v0/run", digest: sha256(Buffer.from("#!/bin/sh\n")), executable: false },
  ])
  assert.equal(readFileSync(join(both.target, "flywheel/v0/run"), "utf8"), "#!/bin/sh\n")
  const without = await stage(t, {})
  assert.deepEqual(
    without.staged.map(({ path }) => path),
    ["flywheel/v0/manifest.json"],
  )
  const other = await stage(t, { folder: { "b.json": "other" }, files: { "/flywheel/v0/manifest.json": "b.json" } })
  assert.equal(other.staged[0]?.digest, sha256(Buffer.from("other")))
})

test("a folder is taken with all that is in it, in one order wherever it was made", async (t) => {
  const folder = { "data/b": "2", "data/a/x": "1", "data/é": "3", "data/empty/": "" }
  const { staged, target } = await stage(t, { folder, files: { "/opt/data": "data" } })
  assert.deepEqual(
    staged.map(({ path }) => path),
    ["flywheel/v0/manifest.json", "opt/data/a/x", "opt/data/b", "opt/data/é"],
  )
  assert.deepEqual(readdirSync(join(target, "opt/data")).toSorted(), ["a", "b", "é"])
})

test("of the permissions only counts whether it may be executed by its owner", async (t) => {
  const chmod = (folder: string): void => {
    rmSync(join(folder, "a"))
    writeFileSync(join(folder, "a"), "", { mode: 0o700 })
    rmSync(join(folder, "b"))
    writeFileSync(join(folder, "b"), "", { mode: 0o611 })
  }
  const { staged, target } = await stage(t, {
    folder: { a: "", b: "" },
    files: { "/a": "a", "/b": "b" },
    prepare: chmod,
  })
  assert.deepEqual(
    staged.map(({ path, executable }) => [path, executable]),
    [
      ["a", true],
      ["b", false],
      ["flywheel/v0/manifest.json", false],
    ],
  )
  assert.deepEqual(
    [lstatSync(join(target, "a")).mode & 0o7777, lstatSync(join(target, "b")).mode & 0o7777],
    [0o755, 0o644],
  )
})

test("nothing outside of the folder is read: no path that leads out, and no link, wherever on the way", async (t) => {
  const outside = { "/x": "../secret" }
  assert.match(await faultOf(t, { files: outside }), /"..\/secret" leads out of the folder of the recipe/)
  assert.match(await faultOf(t, { files: { "/x": "/etc/hostname" } }), /leads out of the folder|"\/etc\/hostname"/)
  const linked = (folder: string): void => {
    symlinkSync("/etc/hostname", join(folder, "link"))
    symlinkSync("/etc", join(folder, "etc"))
  }
  assert.match(await faultOf(t, { files: { "/x": "link" }, prepare: linked }), /"link" is a link, or lies behind one/)
  assert.match(await faultOf(t, { files: { "/x": "etc/hostname" }, prepare: linked }), /is a link, or lies behind one/)
  const within = (folder: string): void => symlinkSync("manifest.json", join(folder, "d/link"))
  assert.match(
    await faultOf(t, { folder: { "d/a": "" }, files: { "/x": "d" }, prepare: within }),
    /"d\/link" is a link/,
  )
})

test("what is wrong is told at its line of the recipe", async (t) => {
  const fault = await faultOf(t, { folder: { a: "" }, files: { "/a": "a", "/x": "none" } })
  assert.match(fault, /gear\.yaml/)
  assert.match(fault, /4:/)
  assert.match(fault, /there is no "none" beside the recipe/)
})

test("two sources for one path are refused, and so is a gear without manifest", async (t) => {
  const twice = await faultOf(t, { folder: { "d/a": "1", b: "2" }, files: { "/opt": "d", "/opt/a": "b" } })
  assert.match(twice, /"\/opt\/a" comes from two places/)
  const none = await faultOf(t, { prepare: (folder) => rmSync(join(folder, "manifest.json")) })
  assert.match(none, /there is no "manifest\.json" beside the recipe/)
})
