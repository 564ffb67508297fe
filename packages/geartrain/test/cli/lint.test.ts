import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { chmodSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, type GearResult, replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
before(async () => {
  home = await openCliHome()
})
after(() => home.close())

const SOUND = `{ "name":"a", "label" : "A", "description": "A",\r\n  "version": "1",\t"author": "A",
  "license": "MIT", "url": "", "source": "",
  "config": {"port": {"type": "integer", "default": 104}}, "inputs": {}}`
const BROKEN = SOUND.replace("104", '"104"').replace('"inputs": {}}', '"inputs": {}, }')

interface Finding {
  readonly rule: string
  readonly severity: string
  readonly place: { readonly file: string; readonly line?: number }
}

function findingsOf(result: GearResult): readonly Finding[] {
  return (replyOf(result) as unknown as { readonly data: { readonly findings: readonly Finding[] } }).data.findings
}

test("what is wrong with a manifest is shown in its line, with what to do, and the exit code is 1", async () => {
  const path = await home.write("shown.json", SOUND.replace("104", '"104"'))
  const result = await home.gear(["lint", path])
  assert.equal(result.code, 1)
  const [head, line, mark] = result.out.split("\n")
  assert.equal(
    head,
    `${path}:4:53: error: the default breaks the rules of "port": found the string "104", wanted an integer [manifest/default]`,
  )
  assert.equal(line, '   4 |   "config": {"port": {"type": "integer", "default": "104"}}, "inputs": {}}')
  assert.equal(mark, `     |${" ".repeat(53)}^^^^^ Write 104, without quotes`)
  assert.match(result.err, /^1 error in .*\n→ mend 1 of them: gear lint --fix /)
})

test("a sound manifest is passed, and warnings are errors only where that is wanted", async () => {
  const sound = await home.gear(["lint", await home.write("sound.json", SOUND)])
  assert.deepEqual([sound.code, sound.out], [0, ""])
  assert.match(sound.err, /sound\.json: nothing found\n$/)
  const warned = await home.write("warned.json", SOUND.replace('"url": ""', '"url": "no address"'))
  assert.equal((await home.gear(["lint", warned])).code, 0)
  const strict = await home.gear(["lint", "--strict", "--json", warned])
  assert.equal(strict.code, 1)
  assert.equal(codeOf(strict), "LINT_FOUND")
  assert.deepEqual(
    findingsOf(strict).map(({ rule, severity, place }) => [rule, severity, place.line]),
    [["manifest/address", "warning", 3]],
  )
})

test("--fix mends in place what is safe: nothing else of the file, its mode, or that it is a link", async () => {
  const path = await home.write("broken.json", BROKEN)
  chmodSync(path, 0o640)
  symlinkSync("broken.json", join(home.folder, "link.json"))
  const result = await home.gear(["lint", "--fix", "link.json"])
  assert.equal(result.code, 0, result.out)
  assert.match(result.err, /^mended 2 faults in link\.json\n/)
  assert.equal(await home.read("broken.json"), SOUND.replace('"inputs": {}}', '"inputs": {} }'))
  assert.equal(statSync(path).mode & 0o7777, 0o640)
  assert.ok(lstatSync(join(home.folder, "link.json")).isSymbolicLink())
  const again = await home.gear(["lint", "--fix", "--json", "link.json"])
  assert.deepEqual((replyOf(again)["data"] as { readonly mended: number }).mended, 0)
})

test("a SARIF log has every rule, place and change that was found", async () => {
  await home.write("sarif.json", SOUND.replace("104", '"104"'))
  const result = await home.gear(["lint", "--sarif", "sarif.json"])
  assert.equal(result.code, 1)
  const log = JSON.parse(result.out)
  assert.equal(log.version, "2.1.0")
  const [run] = log.runs
  assert.deepEqual(
    run.tool.driver.rules.map(({ id }: { readonly id: string }) => id),
    ["manifest/default"],
  )
  const [found] = run.results
  assert.deepEqual([found.ruleId, found.ruleIndex, found.level], ["manifest/default", 0, "error"])
  const { physicalLocation } = found.locations[0]
  assert.equal(physicalLocation.artifactLocation.uri, "sarif.json")
  assert.deepEqual(physicalLocation.region, { startLine: 4, startColumn: 53, endColumn: 58 })
  const [replacement] = found.fixes[0].artifactChanges[0].replacements
  assert.deepEqual(replacement, {
    deletedRegion: { startLine: 4, startColumn: 53, endLine: 4, endColumn: 58 },
    insertedContent: { text: "104" },
  })
  assert.equal((await home.gear(["lint", "--sarif", "--json", "sarif.json"])).code, 2)
})

test("a folder of sources is looked through with its script and its Dockerfile", async () => {
  const folder = join(home.folder, "sources")
  mkdirSync(folder)
  writeFileSync(join(folder, "manifest.json"), SOUND)
  writeFileSync(join(folder, "run"), "#!/bin/bash\r\n", { mode: 0o644 })
  writeFileSync(join(folder, "Dockerfile"), 'FROM debian:12\nENTRYPOINT ["bash run"]\n')
  const result = await home.gear(["lint", "--json", "sources"])
  assert.deepEqual(
    findingsOf(result).map(({ rule, place }) => `${place.file}:${place.line ?? ""} ${rule}`),
    ["sources/run: command/not-executable", "sources/run:1 command/crlf", "sources/Dockerfile:2 image/entrypoint"],
  )
  const here = await home.gear(["lint", "--json"], { cwd: folder })
  assert.deepEqual(
    findingsOf(here).map(({ place }) => place.file),
    ["run", "run", "Dockerfile"],
  )
  const mended = await home.gear(["lint", "--fix", "--json", "sources"])
  assert.deepEqual(
    findingsOf(mended).map(({ rule }) => rule),
    ["image/entrypoint"],
  )
  assert.equal((replyOf(mended)["data"] as { readonly mended: number }).mended, 2)
  assert.equal(await home.read("sources/run"), "#!/bin/bash\n")
  assert.equal(statSync(join(folder, "run")).mode & 0o7777, 0o755)
})

test("what is not there is said to be not there", async () => {
  const missing = await home.gear(["lint", "--json", "missing.json"])
  assert.deepEqual([missing.code, codeOf(missing)], [3, "LINT_FILE_UNUSABLE"])
  const folder = await home.gear(["lint", "--json"])
  assert.deepEqual([folder.code, codeOf(folder)], [3, "LINT_FILE_UNUSABLE"])
  const unknown = await home.gear(["lint", "--json", "no-such-gear"])
  assert.deepEqual([unknown.code, codeOf(unknown)], [3, "GEAR_NOT_FOUND"])
  const empty = await home.gear(["lint", "--json", await home.write("empty.json", "")])
  assert.deepEqual(
    findingsOf(empty).map(({ rule }) => rule),
    ["json/empty"],
  )
})

test("an image is found to be the same in every packing, and when it is stored", { skip }, async () => {
  const root = makeBusyboxGear(join(home.folder, "root"), { name: "linted", command: "./start.sh" })
  writeFileSync(join(root, "flywheel/v0/start.sh"), "#!/usr/bin/python3\n", { mode: 0o755 })
  mkdirSync(join(root, "opt/closed"), { recursive: true, mode: 0o755 })
  writeFileSync(join(root, "opt/closed/data"), "x", { mode: 0o600 })
  const lint = async (what: string): Promise<readonly string[]> => {
    const result = await home.gear(["lint", "--json", what])
    assert.equal(result.code, 1, result.err)
    return findingsOf(result).map(({ rule, place }) => `${place.file} ${rule}`)
  }
  const expected = [
    "/flywheel/v0/start.sh command/interpreter",
    "/flywheel/v0/manifest.json image/root-outputs",
    "/opt/closed/data image/root-only",
    "/flywheel/v0/manifest.json repeat/hash-seed",
  ]
  assert.deepEqual(await lint("./root"), expected)
  execFileSync("tar", ["--create", "--gzip", `--file=${home.folder}/root.tgz`, `--directory=${root}`, "."])
  assert.deepEqual(await lint("root.tgz"), expected)
  assert.equal((await home.gear(["import", "./root"])).code, 0)
  assert.deepEqual(await lint("linted"), expected)
  assert.equal((await home.gear(["export", "linted", "--as", "oci-archive", "-o", "oci.tar"])).code, 0)
  assert.deepEqual(await lint("oci.tar"), expected)
})
