import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import { type GearUser, openTestLab, type Ran } from "./gear-user.ts"

const skip = busyboxMissing() ?? false

const GEAR = {
  name: "shout",
  command: "tr a-z A-Z < $(find input/scan -type f) > output/out.txt",
  inputs: { scan: { base: "file" } },
  custom: { geartrain: { outputs: { out: { files: ["out.txt"] } } } },
}

function document(archive: string): string {
  return `pipeline: 1
name: loud
gear: shout
input: { archive: ${archive}, name: scans, to: scan, glob: "/*/(*)/*.txt" }
place: "\${scans.1}/"
`
}

interface Told {
  readonly id: string
  readonly pipelines: readonly {
    readonly state: string
    readonly counts?: Readonly<Record<string, number>>
    readonly datums: readonly { readonly parts: readonly { readonly path: string }[]; readonly how: string }[]
  }[]
}

function told(ran: Ran): Told {
  assert.equal(ran.code, 0, ran.out + ran.err)
  return ran.data as unknown as Told
}

function ways(ran: Ran): Readonly<Record<string, string>> {
  const datums = told(ran).pipelines[0]?.datums ?? []
  return Object.fromEntries(datums.map(({ parts, how }) => [parts[0]?.path ?? "", how]))
}

async function items(user: GearUser, ...args: readonly string[]): Promise<readonly Record<string, string>[]> {
  const { out } = await user.gear(...args, "--json")
  return out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
}

test("a pipeline over a place of an archive does what is new or changed there, and fetches nothing else", {
  skip,
}, async (context) => {
  const { admin, newcomer, lab, folder } = await openTestLab(context)
  const [one, two] = [await lab.session("ses-01"), await lab.session("ses-02")]
  const first = await lab.upload(one, "a.txt", Buffer.from("one\n"))
  await lab.upload(two, "b.txt", Buffer.from("two\n"))
  await lab.upload(two, "notes.md", Buffer.from("not matched\n"))
  assert.equal((await admin.gear("import", makeBusyboxGear(join(folder, "root-shout"), GEAR))).code, 0)
  const file = join(folder, "loud.yaml")
  await writeFile(file, document("{ place: lab/Study }"))
  const isHere = async (text: string): Promise<boolean> => {
    const digits = createHash("sha256").update(text).digest("hex")
    return (await readdir(join(folder, "user/store/blobs"), { recursive: true })).some((path) => path.endsWith(digits))
  }
  assert.equal((await admin.gear("pipeline", "check", file)).code, 0)
  const planned = await items(admin, "pipeline", "datums", file)
  assert.deepEqual(
    planned.map(({ action, why }) => [action, why]),
    [
      ["run", "the pipeline has never run"],
      ["run", "the pipeline has never run"],
    ],
  )
  assert.equal(await isHere("one\n"), false, "nothing is fetched to list datums")

  const run = ["pipeline", "run", file, "--json"]
  assert.deepEqual(ways(await admin.gear(...run)), { "sub-01/ses-01/a.txt": "run", "sub-01/ses-02/b.txt": "run" })
  assert.deepEqual(await Promise.all(["one\n", "two\n", "not matched\n"].map(isHere)), [true, true, false])
  assert.equal(told(await admin.gear(...run)).pipelines[0]?.state, "unchanged")

  await lab.upload(one, "a.txt", Buffer.from("one again\n"))
  const changed = await items(admin, "pipeline", "datums", file)
  assert.deepEqual(
    changed.map(({ action, why }) => [action, why]),
    [
      ["run", "scans has other content in sub-01/ses-01/a.txt"],
      ["keep", "nothing changed since commit 1"],
    ],
  )
  const second = await admin.gear(...run)
  assert.deepEqual(ways(second), { "sub-01/ses-01/a.txt": "run", "sub-01/ses-02/b.txt": "kept" })
  const shown = await admin.gear("pipeline", "show", "loud")
  const name = /from {2}scans: commit 2 of (Study-[0-9a-f]{8}) {2}([0-9a-f]{24})/.exec(shown.out)
  assert.equal(name?.[2], told(second).id, "a change and what it causes have one id")
  const place = await admin.gear("pipeline", "show", name?.[1] ?? "")
  assert.match(place.out, /^from {2}lab\/Study of http:\S+$/m)
  assert.match(place.out, /sub-01\/ses-01\/a\.txt {2}version 2$/m)
  const known = (await admin.gear("pipeline", "show", name?.[1] ?? "", "--json")).data as unknown as {
    readonly files: readonly { readonly archive?: { readonly file: string; readonly version: number } }[]
  }
  assert.deepEqual(known.files[0]?.archive, { file: first, version: 2 })

  await admin.gear("trash", "lab/Study/sub-01/ses-02/files/b.txt")
  const third = told(await admin.gear(...run))
  assert.deepEqual(third.pipelines[0]?.counts?.["removed"], 1)
  assert.equal((await admin.gear("pipeline", "get", "loud", "-o", join(folder, "got"))).code, 0)
  assert.deepEqual(await readdir(join(folder, "got")), ["ses-01"])
  assert.equal(await readFile(join(folder, "got/ses-01/out.txt"), "utf8"), "ONE AGAIN\n")

  const stranger = await newcomer()
  assert.equal((await stranger.gear(...run)).errorCode, "PLACE_NOT_FOUND")
  await lab.ask("PUT", `/projects/${lab.project}/members/${stranger.id}`, { right: "read" })
  assert.equal(told(await stranger.gear(...run)).pipelines[0]?.state, "unchanged")
})

test("what cannot be read of an archive is told by its code, and nothing is taken for gone", {
  skip,
}, async (context) => {
  const { admin, lab, folder } = await openTestLab(context)
  const session = await lab.session("ses-01")
  await lab.upload(session, "a.txt", Buffer.from("one\n"))
  assert.equal((await admin.gear("import", makeBusyboxGear(join(folder, "root-shout"), GEAR))).code, 0)
  const file = join(folder, "loud.yaml")
  const outcome = async (archive: string, command = "run"): Promise<string | undefined> => {
    await writeFile(file, document(archive))
    return (await admin.gear("pipeline", command, file, "--json")).errorCode
  }
  assert.equal(await outcome("{ place: lab/Study }"), undefined)
  assert.equal(await outcome("{ place: lab/Nowhere }"), "PLACE_NOT_FOUND")
  assert.equal(await outcome("{ place: lab/Nowhere }", "datums"), "PLACE_NOT_FOUND")
  // A key of the environment goes to no server that only a document names.
  assert.equal(await outcome("{ place: lab/Study, server: 'http://127.0.0.1:9' }"), "LOGIN_NEEDED")
  for (const archive of [
    "{ place: lab }",
    "{ place: lab/Study/files/a.txt }",
    "lab/Study",
    "{ place: lab/Study, sort: x }",
  ])
    assert.equal(await outcome(archive, "check"), "PIPELINE_INVALID", archive)
  assert.equal(await outcome("{ place: lab/Study, server: 'ftp://x' }", "check"), "PIPELINE_INVALID")

  // A file that is called as a place beside it.
  const parts = { type: "acquisition", parent: session, label: "deep" }
  const { id } = await lab.ask<{ readonly id: string }>("POST", "/places", parts)
  await lab.upload(id, "c.txt", Buffer.from("x"))
  assert.equal(await outcome("{ place: lab/Study }"), undefined)
  await lab.upload(session, "deep", Buffer.from("y"))
  assert.equal(await outcome("{ place: lab/Study }"), "PIPELINE_ARCHIVE_UNFIT")
  const shown = await admin.gear("pipeline", "show", "loud")
  assert.match(shown.out, /1 file/, "what was done before stays")
})
