import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { invocationDigest, type JobRecord } from "@geartrain/spec"
import type { PackedPiece } from "../../../src/packing/tar/packed-piece.ts"
import type { BundleIndex } from "../../../src/publishing/bundle/format/bundle-index.ts"
import { openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { once, packBundle } from "../../../src/publishing/bundle/write/pack-bundle.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { KEY } from "./sample-bundle.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
let job: JobRecord
let index: BundleIndex
/** All members by path. */
const bodies = new Map<string, Buffer>()
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({ name: "copy", command: "cp input/text/* output/", inputs: { text: { base: "file" } } })
  await home.import({ name: "other", command: "echo other > output/o" })
  await home.write("in.txt", "content\n")
  job = await home.run("copy", "--text", "in.txt", "--no-output")
  const other = await home.run("other", "--no-output")
  const packed = await home.gear(["bundle", job.id, other.id, "-o", "good.gtz"])
  assert.equal(packed.code, 0, packed.err)
  const bundle = await openBundle(join(home.folder, "good.gtz"))
  index = bundle.index
  for (const { path } of index.members) {
    const pieces: Buffer[] = []
    for await (const piece of bundle.read(path)) pieces.push(Buffer.from(piece))
    bodies.set(path, Buffer.concat(pieces))
  }
  await bundle.close()
})
after(() => home?.close())

interface Lies {
  /** Other bytes for members, by path; null takes one out. */
  readonly members?: Readonly<Record<string, Uint8Array | null>>
  readonly index?: Partial<BundleIndex>
}

/** Packs the bundle again with lies in it: signed, and whole in every digest, as somebody with time would. */
async function pack({ members = {}, index: said = {} }: Lies): Promise<string> {
  const path = join(home.folder, "lies.gtz")
  const file = await open(path, "w")
  const kept = index.members.filter((member) => members[member.path] !== null)
  const planned = kept.map(({ path: name, role }) => {
    const body = members[name] ?? bodies.get(name) ?? Buffer.alloc(0)
    if (role === "root") return { path: name, role, openPacked: () => plainly(body) }
    const expected = { sizeBytes: body.length, digest: sha256(body) }
    return { path: name, role, open: () => once(body), expected, changed: (problem: string) => new TypeError(problem) }
  })
  await packBundle({ ...index, ...said, members: planned }, file, {
    signer: { key: KEY, signed: "2020-01-01T00:00:00Z" },
  })
  await file.close()
  return path
}

async function* plainly(bytes: Uint8Array): AsyncGenerator<PackedPiece, void> {
  yield { form: "plain", bytes }
}

async function refused(lies: Lies, code: string, words: RegExp): Promise<void> {
  const result = await home.gear(["verify", await pack(lies), "--json"])
  assert.equal(codeOf(result), code, result.out + result.err)
  assert.match((replyOf(result)["error"] as { message: string }).message, words)
  assert.equal(result.code, 5)
}

/** The record of the job with something else in it. */
function record(change: (record: Fields) => object): Lies {
  const path = `jobs/${job.id}/job.json`
  const document = JSON.parse((bodies.get(path) as Buffer).toString()) as Fields
  return { members: { [path]: Buffer.from(JSON.stringify({ ...document, ...change(document) })) } }
}

interface Fields {
  readonly invocation: { readonly inputs: { readonly text: object } }
  readonly gear: object
  readonly inputs: { readonly text: object }
  readonly outputs: readonly object[]
}

const NOWHERE = `sha256:${"0".repeat(64)}`

test("a record that does not agree with itself, the index or the gears is refused, although its digest is right", {
  skip,
}, async () => {
  const bad = "BUNDLE_INCONSISTENT"
  const lies: readonly (readonly [change: Parameters<typeof record>[0], words: RegExp])[] = [
    [() => ({ id: "f".repeat(24) }), /it is the record of job f{24}/],
    [({ invocation }) => ({ invocation: { ...invocation, config: { a: 1 } } }), /its invocation gives sha256:/],
    [({ gear }) => ({ gear: { ...gear, tree: NOWHERE } }), /its gear has another tree digest/],
    [({ gear }) => ({ gear: { ...gear, id: NOWHERE } }), /its invocation is of another gear/],
    [() => ({ state: "running" }), /has not ended/],
    [() => ({ outputs: "none" }), /not the record of a job: outputs/],
    [({ outputs }) => ({ outputs: [{ ...outputs[0], digest: NOWHERE }] }), /output "in\.txt"/],
    [readingElsewhere, /input "text", sha256:0+, is neither in the bundle nor stood in for/],
  ]
  for (const [change, words] of lies) await refused(record(change), bad, words)
  await refused({ members: { [`jobs/${job.id}/job.json`]: Buffer.from("[]") } }, bad, /no JSON object/)
  await refused({ index: { jobs: [...index.jobs, ...index.jobs] } }, bad, /two records of one job/)
})

/** Another input, with the invocation digest that it gives. */
function readingElsewhere({ invocation }: Fields): object {
  const elsewhere = { ...invocation, inputs: { text: { ...invocation.inputs.text, digest: NOWHERE } } }
  return { invocation: elsewhere, invocationDigest: invocationDigest(elsewhere as never, sha256) }
}

test("a gear that is another than it says is found by its bytes, before anything of it is run", { skip }, async () => {
  const [first, second] = index.gears
  const root = (at: typeof first): Buffer => bodies.get(at?.root ?? "") as Buffer
  await refused({ members: { [first?.root ?? ""]: root(second) } }, "BUNDLE_INCONSISTENT", /root\.tar": it is tree/)
  const swapped = [{ ...first, document: second?.document }, second] as BundleIndex["gears"]
  await refused({ index: { gears: swapped } }, "BUNDLE_INCONSISTENT", /gives gear sha256:/)
  const document = JSON.parse((bodies.get(first?.document ?? "") as Buffer).toString()) as { manifest: object }
  document.manifest = { ...document.manifest, command: "echo evil > output/in.txt" }
  const evil = { [first?.document ?? ""]: Buffer.from(JSON.stringify(document)) }
  await refused({ members: evil }, "BUNDLE_INCONSISTENT", /what it says gives gear sha256:/)
  await refused(
    { members: { [second?.root ?? ""]: null }, index: { gears: [first as BundleIndex["gears"][number]] } },
    "BUNDLE_INCONSISTENT",
    /is not in the bundle/,
  )
})

test("a member that the records need and nobody packed is missing, by name", { skip }, async () => {
  const input = `jobs/${job.id}/inputs/text/in.txt`
  await refused({ members: { [input]: null } }, "BUNDLE_INCONSISTENT", /input "text", sha256:/)
  await refused({ members: { [`jobs/${job.id}/job.json`]: null } }, "BUNDLE_MEMBER_MISSING", /the index needs it/)
  const [first] = index.gears
  await refused({ members: { [first?.root ?? ""]: null } }, "BUNDLE_INCONSISTENT", /is not listed as one/)
})

test("no path that a bundle names is opened: a stand-in whose input should lie at a pipe keeps nobody waiting", {
  skip,
}, async () => {
  const pipe = join(home.folder, "pipe")
  execFileSync("mkfifo", [pipe])
  const lies = record(({ inputs }) => ({ inputs: { text: { ...inputs.text, path: pipe } } }))
  const input = index.members.find(({ role }) => role === "input")
  const text = bodies.get(input?.path ?? "") as Buffer
  const standIn = {
    job: job.id,
    name: "text",
    file: "in.txt",
    sizeBytes: text.length,
    digest: sha256(text),
    why: "w",
  } as const
  const standIns = [
    { ...standIn, role: "input" },
    { ...standIn, role: "output", name: "in.txt" },
  ] as const
  const path = await pack({ members: { ...lies.members, [input?.path ?? ""]: null }, index: { standIns } })
  const result = await home.gear(["verify", path, "--json"])
  assert.equal(result.code, 6, result.out + result.err)
  const { jobs } = replyOf(result)["data"] as {
    readonly jobs: readonly { readonly verdict: string; readonly why?: string }[]
  }
  assert.match(jobs[0]?.why ?? "", /does not travel/)
  assert.equal(jobs[1]?.verdict, "identical")
})

test("an output that a record claims, and the gear does not write, is different", { skip }, async () => {
  const lies = record(({ outputs }) => ({ outputs: [{ ...outputs[0], path: "claimed.txt" }] }))
  const result = await home.gear(["verify", await pack(lies), "--json"])
  assert.equal(result.code, 1, result.out)
  assert.equal(codeOf(result), "DIFFERENT")
})

test("names that would be something else on a page or a terminal are shown as what they are", { skip }, async () => {
  const why = "<script>alert(1)</script>\u001b[2J\u202e"
  const standIns = [
    { job: job.id, role: "log", name: "log", file: "log", sizeBytes: 1, digest: sha256(Buffer.from("x")), why },
  ] as const
  const result = await home.gear([
    "verify",
    await pack({ index: { standIns, title: "\u001b]0;owned\u0007" } }),
    "--no-run",
  ])
  assert.equal(result.code, 0, result.err)
  for (const hidden of ["\u001b", "\u0007", "\u202e"]) assert.equal(result.out.includes(hidden), false)
})
