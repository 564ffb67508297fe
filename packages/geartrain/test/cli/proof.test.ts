import assert from "node:assert/strict"
import { readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { JobRecord, JsonValue } from "@geartrain/spec"
import { checkCrate } from "../../src/provenance/ro-crate/check/check-crate.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
let first: JobRecord
let second: JobRecord
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({
    name: "upper",
    command: "mkdir output/sub; cat input/text/* | tr a-z A-Z > 'output/sub/upper case.txt'",
    inputs: { text: { base: "file" } },
  })
  await home.import({
    name: "count",
    command: "cat input/text/* | wc -c > output/count.txt",
    inputs: { text: { base: "file" } },
  })
  await home.write("in.txt", "hello\n")
  first = await home.run("upper", "--text", "in.txt", "-o", "one")
  // Renamed and moved: only its bytes are the same.
  await rename(join(home.folder, "one/sub/upper case.txt"), join(home.folder, "moved"))
  second = await home.run("count", "--text", "moved", "-o", "two")
})
after(() => home?.close())

test("of several providers one that cannot be used is undecided, and the others are asked all the same", {
  skip,
}, async () => {
  const providers = ["--provider", "nosuch", "--provider", first.provider?.name ?? ""]
  const result = await home.gear(["verify", first.id, ...providers])
  assert.equal(result.code, 6, result.err)
  assert.match(result.err, /undecided under nosuch: Cannot use provider "nosuch"/)
  assert.match(result.out, /^identical .*\nundecided {2}of 2 runs 1 identical, 1 undecided$/m)
  const { data, error } = replyOf(await home.gear(["verify", first.id, ...providers, "--json"])) as unknown as {
    readonly data: { readonly verdict: string }
    readonly error: { readonly code: string }
  }
  assert.deepEqual([data.verdict, error.code], ["identical", "UNDECIDED"])
  assert.equal((await home.gear(["verify", first.id, "--provider", "nosuch"])).code, 6)
})

test("whence tells the whole chain of a file, whatever it is called by now", { skip }, async () => {
  await home.write("renamed.bin", await home.read("two/count.txt"))
  const result = await home.gear(["whence", "renamed.bin"])
  assert.equal(result.code, 0, result.err)
  const lines = result.out.split("\n")
  assert.match(lines[1] ?? "", new RegExp(`^ {2}made by job ${second.id} {2}count@1\\.0\\.0 {2}as count\\.txt`))
  assert.match(lines[2] ?? "", /^ {4}from text {2}sha256:/)
  assert.match(lines[3] ?? "", new RegExp(`^ {6}made by job ${first.id} {2}upper@1\\.0\\.0 {2}as sub/upper case\\.txt`))
  assert.match(result.out, /^ {2}no recorded job read it$/m)
})

test("whence goes forward, too: what was made from a file", { skip }, async () => {
  const result = await home.gear(["whence", "in.txt", "--json"])
  const { readBy, madeBy } = replyOf(result)["data"] as {
    readonly readBy: readonly Step[]
    readonly madeBy: readonly Step[]
  }
  assert.deepEqual(madeBy, [])
  assert.equal(readBy[0]?.job, first.id)
  assert.equal(readBy[0]?.next[0]?.name, "sub/upper case.txt")
  assert.equal(readBy[0]?.next[0]?.jobs[0]?.job, second.id)
})

interface Step {
  readonly job: string
  readonly next: readonly { readonly name: string; readonly jobs: readonly Step[] }[]
}

test("a file that no job knows is no, exit code 1", { skip }, async () => {
  await home.write("strange", "nobody made this")
  const result = await home.gear(["whence", "strange"])
  assert.equal(result.code, 1)
  assert.match(result.out, /no recorded job made or read these bytes/)
  assert.equal((await home.gear(["whence", "not-there"])).code, 3)
})

test("the crate of two jobs keeps every rule, and has every file that it names", { skip }, async () => {
  const result = await home.gear([
    "provenance",
    first.id,
    second.id,
    "-o",
    "crate",
    "--with-inputs",
    "--author",
    "A. Author",
  ])
  assert.equal(result.code, 0, result.err)
  const crate = JSON.parse(await home.read("crate/ro-crate-metadata.json")) as { readonly "@graph": readonly Entity[] }
  assert.deepEqual(checkCrate(crate as unknown as JsonValue), [])
  const files = crate["@graph"].filter((entity) => entity["@type"] === "File" && !entity["@id"].startsWith("#"))
  // Two records, two logs, two outputs and one input: the other input is one of the outputs.
  assert.equal(files.length, 7)
  for (const file of files)
    assert.ok((await readFile(join(home.folder, "crate", decodeURIComponent(file["@id"])))) !== undefined)
  const again = await home.gear(["provenance", first.id, "-o", "crate"])
  assert.equal(again.code, 5)
  assert.match(again.err, /^error OUTPUT_EXISTS: /)
})

interface Entity {
  readonly "@id": string
  readonly "@type": string | readonly string[]
}

test("an input that has changed since is left out, and told", { skip }, async () => {
  await home.write("later.txt", "before\n")
  const job = await home.run("count", "--text", "later.txt", "--no-output")
  await writeFile(join(home.folder, "later.txt"), "after\n")
  const result = await home.gear(["provenance", job.id, "-o", "later-crate", "--with-inputs"])
  assert.equal(result.code, 0, result.err)
  assert.match(result.err, /warning "text" of job [0-9a-f]{12} is not in it: ".*later\.txt" has other bytes now/)
  assert.match(await home.read("later-crate/ro-crate-metadata.json"), /Not in this crate: known by its digest/)
})

test("PROV-JSON goes to standard output, and a citation is printed", { skip }, async () => {
  const prov = await home.gear(["provenance", second.id, "--as", "prov-json"])
  assert.deepEqual(Object.keys((JSON.parse(prov.out) as { activity: object }).activity), [`job:${second.id}`])
  const cited = await home.gear(["cite", second.id])
  assert.equal(cited.code, 0, cited.err)
  assert.match(cited.out, /computed with .*count 1\.0\.0/)
  assert.match(cited.out, /^@software\{count-1\.0\.0,$/m)
  assert.equal((await home.gear(["cite", second.id, "--as", "apa"])).code, 2)
})

test("what the manifest declares as free makes a verdict equivalent, and nothing else does", { skip }, async () => {
  const command =
    'id=$(cat /proc/sys/kernel/random/uuid); echo "{\\"n\\": 1, \\"date\\": \\"$id\\"}" > output/report.json; echo "# made $id" > output/t.txt; echo 1 >> output/t.txt'
  const compare = [
    { files: ["report.json"], fields: ["/date"] },
    { files: ["*.txt"], ignore: ["^#"] },
  ]
  await home.import({ name: "dated", command, custom: { geartrain: { compare } } })
  await home.import({ name: "undeclared", command, custom: { geartrain: { compare: compare.slice(0, 1) } } })
  const dated = await home.run("dated", "--no-output")
  const result = await home.gear(["verify", dated.id, "--repeat", "2"])
  assert.equal(result.code, 0, result.err)
  assert.match(
    result.out,
    /^equivalent {2}2 of 2 outputs differ, only in what the gear's manifest declares as free; job /,
  )
  assert.match(result.out, /^equivalent {2}of 2 runs 2 equivalent$/m)
  const { history } = replyOf(await home.gear(["show", dated.id, "--json"]))["data"] as unknown as JobRecord
  assert.deepEqual(
    history.map(({ verdict }) => verdict),
    ["equivalent", "equivalent"],
  )
  const undeclared = await home.run("undeclared", "--no-output")
  assert.equal((await home.gear(["verify", undeclared.id])).code, 1)
  assert.equal((await home.gear(["verify", dated.id, "--repeat", "0"])).code, 2)
})

test("re-runs of verifications are counted, and do not hide where a file came from", { skip }, async () => {
  await home.gear(["verify", second.id, "--input", "text=moved"])
  const { out } = await home.gear(["whence", "renamed.bin"])
  assert.match(out, new RegExp(`^  made by job ${second.id} .*verified identical on `, "m"))
  assert.match(out, /^ {2}made by one more job: --json lists all$/m)
})
