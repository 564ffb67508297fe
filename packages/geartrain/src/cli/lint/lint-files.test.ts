import assert from "node:assert/strict"
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { contextOf, told } from "../../../test/cli/told.ts"
import { lintCommand } from "../commands/gears/lint.ts"
import { lintImageTarget } from "./lint-image-target.ts"
import { lintManifestTarget } from "./lint-manifest-target.ts"
import { lintSourcesTarget } from "./lint-sources-target.ts"
import { readManifestFile, replaceManifestFile } from "./read-manifest-file.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-lint-files-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const MANIFEST = {
  ...{
    name: "count-words",
    label: "Count words",
    description: "Counts",
    version: "1.0.0",
    author: "Ann",
    license: "MIT",
  },
  ...{ url: "https://lab.example", source: "https://lab.example/src", command: "./run", config: {}, inputs: {} },
}
const GOOD = `${JSON.stringify(MANIFEST, undefined, 2)}\n`
/** A comma too many, which cannot be meant otherwise. */
const COMMA = GOOD.replace('"inputs": {}\n', '"inputs": {},\n')

test("a file is read as far as a manifest may go, and what is none is told in words", async (context) => {
  const home = folder(context)
  const path = join(home, "m.json")
  writeFileSync(path, Buffer.alloc(5 * 1024 * 1024, 0x20))
  assert.equal((await readManifestFile(path)).length, 4 * 1024 * 1024 + 1)
  writeFileSync(path, "")
  assert.equal((await readManifestFile(path)).length, 0)
  for (const wrong of [join(home, "none"), join(path, "below")])
    await assert.rejects(readManifestFile(wrong), {
      ...{ code: "LINT_FILE_UNUSABLE", message: `Cannot read "${wrong}": there is no such file or folder` },
    })
  await assert.rejects(readManifestFile(home), { code: "LINT_FILE_UNUSABLE", message: /EISDIR$/ })
})

test("a file is replaced with its mode, and a link to it stays one", async (context) => {
  const home = folder(context)
  const path = join(home, "m.json")
  writeFileSync(path, "old")
  chmodSync(path, 0o640)
  symlinkSync("m.json", join(home, "link.json"))
  await replaceManifestFile(join(home, "link.json"), "new")
  assert.equal(readFileSync(path, "utf8"), "new")
  assert.equal(statSync(path).mode & 0o7777, 0o640)
  assert.ok(lstatSync(join(home, "link.json")).isSymbolicLink())
  await assert.rejects(replaceManifestFile(join(home, "none"), "x"), {
    ...{ code: "LINT_FILE_UNUSABLE", hint: "Run as a user who may write there" },
  })
})

test("a manifest is mended only where that is wanted, and only of what is safe", async (context) => {
  const path = join(folder(context), "m.json")
  writeFileSync(path, COMMA)
  const seen = await lintManifestTarget(path, { fix: false })
  assert.deepEqual([seen.mended, seen.fixable], [0, 1])
  assert.equal(readFileSync(path, "utf8"), COMMA)
  const mended = await lintManifestTarget(path, { fix: true })
  assert.deepEqual([mended.mended, mended.fixable], [1, 0])
  // All else stays letter by letter.
  assert.equal(readFileSync(path, "utf8"), GOOD)
  assert.equal(mended.texts.get(path), GOOD)
})

test("a manifest with nothing to mend is not written again", async (context) => {
  const path = join(folder(context), "m.json")
  writeFileSync(path, GOOD)
  chmodSync(path, 0o444)
  const before = statSync(path).ino
  assert.equal((await lintManifestTarget(path, { fix: true })).mended, 0)
  assert.equal(statSync(path).ino, before)
})

function sources(context: TestContext, manifest: string, mode: number): string {
  const home = folder(context)
  writeFileSync(join(home, "manifest.json"), manifest)
  writeFileSync(join(home, "run"), "#!/bin/sh\r\necho\r\n")
  chmodSync(join(home, "run"), mode)
  return home
}

test("of a folder the manifest and its scripts are looked through, and both are mended", async (context) => {
  const broken = sources(context, COMMA, 0o644)
  // What cannot be read names no script.
  assert.equal((await lintSourcesTarget(broken, { fix: false })).fixable, 1)
  assert.equal((await lintSourcesTarget(broken, { fix: true })).mended, 3)
  const home = sources(context, GOOD, 0o644)
  const seen = await lintSourcesTarget(`${home}//`, { fix: false })
  const rules = seen.findings.map(({ rule }) => rule)
  assert.ok(rules.includes("command/crlf") && rules.includes("command/not-executable"), rules.join())
  assert.deepEqual([seen.mended, seen.fixable], [0, 2])
  const mended = await lintSourcesTarget(home, { fix: true })
  assert.deepEqual([mended.mended, mended.fixable], [2, 0])
  assert.equal(readFileSync(join(home, "run"), "utf8"), "#!/bin/sh\necho\n")
  assert.equal(statSync(join(home, "run")).mode & 0o111, 0o111)
  assert.ok(mended.findings.every(({ rule }) => !rule.startsWith("command/")))
})

test("the image of a folder and a gear that is not stored are told apart by where they are looked for", async (context) => {
  const home = folder(context)
  const root = join(home, "root")
  mkdirSync(join(root, "flywheel/v0"), { recursive: true })
  writeFileSync(join(root, "flywheel/v0/manifest.json"), GOOD)
  const { context: with_, err } = contextOf({ env: { GEARTRAIN_HOME: join(home, "gears"), XDG_CACHE_HOME: home } })
  const report = await lintImageTarget({ kind: "image", reference: root }, with_)
  assert.ok(report.findings.some(({ rule }) => rule === "command/missing"))
  assert.equal(err(), `reading ${root}\n`)
  await assert.rejects(lintImageTarget({ kind: "stored", reference: "none" }, with_), { code: "GEAR_NOT_FOUND" })
})

test("errors are a no, warnings only where they are to count, and a good gear has nothing found", async (context) => {
  const home = folder(context)
  const [good, bad, poor] = ["good.json", "bad.json", "poor.json"].map((name) => join(home, name))
  writeFileSync(good ?? "", GOOD)
  writeFileSync(bad ?? "", COMMA)
  writeFileSync(poor ?? "", GOOD.replace('"label"', '"lable"'))
  const ends = async (...args: readonly string[]) => {
    const { result, err, out } = await told(lintCommand, args)
    return { code: result.exitCode, error: result.error?.code, err, out, counts: Object(result.data).counts }
  }
  const well = await ends(good ?? "")
  assert.deepEqual([well.code, well.out, well.err], [undefined, "", `${good}: nothing found\n`])
  const ill = await ends(bad ?? "")
  assert.deepEqual([ill.code, ill.error], [1, "LINT_FOUND"])
  assert.match(ill.err, /^1 error[^\n]* in .*bad\.json\n→ mend 1 of them: gear lint --fix .*bad\.json\n$/)
  const both = await ends(good ?? "", bad ?? "")
  assert.match(both.err, / in 2 files\n/)
  const strict = await ends("--strict", poor ?? "")
  assert.equal(strict.code, strict.counts.error + strict.counts.warning > 0 ? 1 : undefined)
  assert.ok(strict.counts.error + strict.counts.warning > 0)
  const mended = await ends("--fix", bad ?? "")
  assert.deepEqual([mended.code, mended.err], [undefined, `mended 1 fault in ${bad}\n${bad}: nothing found\n`])
})

test("one format is printed at a time, and SARIF is a document with nothing beside it", async (context) => {
  const path = join(folder(context), "m.json")
  writeFileSync(path, COMMA)
  await assert.rejects(told(lintCommand, [path, "--sarif"], { json: true }), { code: "USAGE" })
  const { out, err, result } = await told(lintCommand, [path, "--sarif"])
  const log = JSON.parse(out)
  assert.deepEqual([log.version, log.runs[0].results.length, err, result.exitCode], ["2.1.0", 1, "", 1])
})
