import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { JobRecord, JsonValue } from "@geartrain/spec"
import { checkCrate } from "../../../src/provenance/ro-crate/check/check-crate.ts"
import { openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false
const SECRET = "the name of a patient"
let author: CliHome
let reader: CliHome
let upper: JobRecord
let count: JobRecord
before(async () => {
  if (skip !== false) return
  ;[author, reader] = await Promise.all([openCliHome(), openCliHome()])
  await author.import({
    name: "upper",
    command: "mkdir output/sub; cat input/text/* | tr a-z A-Z > 'output/sub/upper case.txt'; echo said",
    inputs: { text: { base: "file" } },
    config: { level: { type: "integer", default: 3 } },
  })
  await author.import({
    name: "count",
    command: "cat input/text/* | wc -c > output/count.txt; cp input/text/* output/copy.txt",
    inputs: { text: { base: "file" } },
  })
  await author.write("in.txt", `${SECRET}\n`)
  upper = await author.run("upper", "--text", "in.txt", "-o", "one")
  count = await author.run("count", "--text", "one/sub/upper case.txt", "-o", "two")
  assert.equal((await author.gear(["key", "new"])).code, 0)
})
after(() => Promise.all([author?.close(), reader?.close()]))

/** Packs jobs, and carries the file to the reader, who has nothing else. */
async function handOver(name: string, ...args: readonly string[]): Promise<GearResult> {
  const packed = await author.gear(["bundle", ...args, "-o", name, "--force"])
  assert.equal(packed.code, 0, packed.err)
  await cp(join(author.folder, name), join(reader.folder, name))
  return packed
}

test("a bundle of two jobs verifies where nothing else is, and leaves nothing there", { skip }, async () => {
  await handOver("both.gtz", upper.id, count.id)
  const result = await reader.gear(["verify", "both.gtz", "--json"])
  assert.equal(result.code, 0, result.err + result.out)
  const data = replyOf(result)["data"] as unknown as VerifiedBundle
  assert.equal(data.verdict, "identical")
  assert.deepEqual(
    data.jobs.map(({ job, verdict }) => [job, verdict]),
    [
      [upper.id, "identical"],
      [count.id, "identical"],
    ],
  )
  assert.equal(data.signature.status, "unknown")
  const store = join(reader.folder, "store")
  assert.deepEqual(await readdir(join(store, "tmp")), [])
  assert.deepEqual(await readdir(join(store, "roots")), [])
  assert.match((await reader.gear(["jobs"])).err, /There is no such job/)
})

interface VerifiedBundle {
  readonly verdict: string
  readonly signature: { readonly status: string; readonly name?: string }
  readonly jobs: readonly { readonly job: string; readonly verdict: string; readonly why?: string }[]
}

test("the same jobs make the same bytes, in whatever order they are named, and whenever", { skip }, async () => {
  const unsigned = { env: { XDG_CONFIG_HOME: join(author.folder, "no-keys") } }
  const hashes: string[] = []
  for (const [name, ...words] of [
    ["a.gtz", upper.id, count.id],
    ["b.gtz", count.id, upper.id, upper.id],
  ]) {
    const packed = await author.gear(["bundle", ...words, "-o", name as string], unsigned)
    assert.equal(packed.code, 0, packed.err)
    assert.match(packed.err, /not signed/)
    hashes.push(
      createHash("sha256")
        .update(await readFile(join(author.folder, name as string)))
        .digest("hex"),
    )
  }
  assert.equal(hashes[0], hashes[1])
})

test("gears and files are kept once, and what one job made and the other read is one member", { skip }, async () => {
  await handOver("both.gtz", upper.id, count.id)
  const bundle = await openBundle(join(author.folder, "both.gtz"))
  await bundle.close()
  const paths = bundle.index.members.map(({ path }) => path)
  assert.equal(paths.filter((path) => path.endsWith("root.tar")).length, 2)
  assert.deepEqual(
    bundle.index.members.filter(({ role }) => role === "input" || role === "output").map(({ path }) => path),
    [
      `jobs/${upper.id}/inputs/text/in.txt`,
      `jobs/${upper.id}/outputs/sub/upper case.txt`,
      `jobs/${count.id}/outputs/count.txt`,
    ],
  )
  const digests = bundle.index.members.flatMap(({ digest }) => digest ?? [])
  assert.equal(new Set(digests).size, digests.length)
})

test("whoever has tar has the page, the crate and the citation, which name nothing that is not there", {
  skip,
}, async (t) => {
  try {
    execFileSync("zstd", ["--version"])
  } catch {
    return t.skip("needs zstd")
  }
  await handOver("both.gtz", upper.id, count.id, "--author", "Ann <Author>")
  const folder = join(reader.folder, "unpacked")
  execFileSync("mkdir", [folder])
  execFileSync("tar", ["--zstd", "-xf", join(reader.folder, "both.gtz"), "-C", folder])
  const page = await readFile(join(folder, "index.html"), "utf8")
  const links = [...page.matchAll(/href="([^"#]+)"/g)].map(([, link]) => link as string)
  assert.ok(links.length >= 8, "there are links to look at")
  for (const link of links) await readFile(join(folder, decodeURIComponent(link)))
  assert.doesNotMatch(page, /<script|src=|https?:\/\//)
  for (const digest of [upper.gear.id, upper.invocationDigest, count.outputs[0]?.digest.slice(7) as string])
    assert.ok(page.includes(digest), digest)
  const crate = JSON.parse(await readFile(join(folder, "ro-crate-metadata.json"), "utf8")) as {
    readonly "@graph": readonly { readonly "@id": string; readonly "@type": unknown }[]
  }
  assert.deepEqual(checkCrate(crate as unknown as JsonValue), [])
  for (const entity of crate["@graph"])
    if (entity["@type"] === "File") await readFile(join(folder, decodeURIComponent(entity["@id"])))
  assert.match(await readFile(join(folder, "citation.txt"), "utf8"), /computed with .*upper 1\.0\.0/)
})

test("where things lay on the author's machine is in no byte of it", { skip }, async () => {
  await handOver("both.gtz", upper.id, count.id)
  const bundle = await openBundle(join(author.folder, "both.gtz"))
  try {
    for (const { path, role } of bundle.index.members) {
      if (role === "root") continue
      const text = await bundle.readText(path, 2 ** 24)
      assert.equal(text.includes(author.folder), false, path)
      assert.equal(role === "record" && text.includes(upper.host.name), false, path)
    }
  } finally {
    await bundle.close()
  }
})

test("a stand-in keeps the bytes at home, and the reader who has them is believed by their digest", {
  skip,
}, async () => {
  const packed = await handOver("alone.gtz", upper.id, "--stand-in", "text=Personal data: ask the authors")
  assert.match(packed.err, /^not in it: input text \(Personal data: ask the authors\)$/m)
  const bundle = await openBundle(join(author.folder, "alone.gtz"))
  assert.deepEqual(
    bundle.index.standIns.map(({ role, name, file, why }) => [role, name, file, why]),
    [["input", "text", "in.txt", "Personal data: ask the authors"]],
  )
  for (const { path } of bundle.index.members) {
    const pieces: Buffer[] = []
    for await (const piece of bundle.read(path)) pieces.push(Buffer.from(piece))
    assert.equal(Buffer.concat(pieces).includes(SECRET), false, path)
  }
  await bundle.close()
  const without = await reader.gear(["verify", "alone.gtz"])
  assert.equal(without.code, 6, without.out)
  assert.match(without.out, /^undecided {2}input "text" \("in\.txt", sha256 [0-9a-f]{12}…\) does not travel/m)
  assert.match(without.out, /--input text=PATH/)
  await reader.write("mine.txt", `${SECRET}\n`)
  const withIt = await reader.gear(["verify", "alone.gtz", "--input", "text=mine.txt"])
  assert.equal(withIt.code, 0, withIt.out + withIt.err)
  await reader.write("other.txt", "something else\n")
  const wrong = await reader.gear(["verify", "alone.gtz", "--input", "text=other.txt", "--json"])
  assert.equal(codeOf(wrong), "INPUT_DIGEST_MISMATCH")
  const unknown = await reader.gear(["verify", "alone.gtz", "--input", "nothing=mine.txt"])
  assert.equal(unknown.code, 2, unknown.err)
})

test("what stays by its digest stays under every name; outputs are compared without their bytes, and made again for who reads them", {
  skip,
}, async () => {
  await handOver("made.gtz", upper.id, count.id, "--stand-in", "sub/upper case.txt=Not yet published")
  const bundle = await openBundle(join(author.folder, "made.gtz"))
  await bundle.close()
  assert.deepEqual(
    bundle.index.standIns.map(({ job, role, name }) => [job, role, name]),
    [
      [upper.id, "output", "sub/upper case.txt"],
      [count.id, "input", "text"],
      [count.id, "output", "copy.txt"],
    ],
  )
  const result = await reader.gear(["verify", "made.gtz", "--json"])
  const data = replyOf(result)["data"] as unknown as VerifiedBundle
  assert.deepEqual(
    data.jobs.map(({ verdict }) => verdict),
    ["identical", "identical"],
    "what did not travel was made again by the first job",
  )
  assert.equal(result.code, 0)
})

test("without-inputs leaves out what no job made, and an unknown name is a slip of the finger", { skip }, async () => {
  await handOver("none.gtz", upper.id, count.id, "--without-inputs")
  const bundle = await openBundle(join(author.folder, "none.gtz"))
  await bundle.close()
  assert.deepEqual(
    bundle.index.standIns.map(({ name, role }) => [role, name]),
    [["input", "text"]],
  )
  const slip = await author.gear(["bundle", upper.id, "-o", "slip.gtz", "--stand-in", "txt"])
  assert.equal(slip.code, 2)
  assert.match(slip.err, /no input or output of the jobs is called so; they have text/)
})

test("a key that is known, one that is asked for, and another one are told apart", { skip }, async () => {
  await handOver("alone.gtz", upper.id)
  const [pub = ""] = (await readdir(join(author.folder, ".config/geartrain/keys/own"))).filter((name) =>
    name.endsWith(".pub"),
  )
  await cp(join(author.folder, ".config/geartrain/keys/own", pub), join(reader.folder, "lab.pub"))
  const unknown = await reader.gear(["verify", "alone.gtz", "--no-run"])
  assert.equal(unknown.code, 0, unknown.err)
  assert.match(unknown.out, /^signed {2}by a key that is not known here, [0-9a-f]{64}/m)
  const asked = await reader.gear(["verify", "alone.gtz", "--no-run", "--key", "lab.pub"])
  assert.match(asked.out, /^signed {2}by "lab\.pub" \(key [0-9a-f]{12}\), whom you know/m)
  assert.equal((await reader.gear(["key", "trust", "lab.pub", "--as", "lab", "--for", "*"])).code, 0)
  assert.match((await reader.gear(["verify", "alone.gtz", "--no-run"])).out, /^signed {2}by "lab"/m)
  assert.equal((await reader.gear(["key", "new", "own"])).code, 0)
  const own = join(reader.folder, ".config/geartrain/keys/own/own.pub")
  const other = await reader.gear(["verify", "alone.gtz", "--no-run", "--json", "--key", own])
  assert.equal(codeOf(other), "SIGNATURE_KEY_UNKNOWN")
  assert.equal(other.code, 5)
})

test("one changed byte is named before anything runs, and the file is not written to", { skip }, async () => {
  await handOver("alone.gtz", upper.id)
  const path = join(reader.folder, "alone.gtz")
  const bytes = await readFile(path)
  const at = Math.floor(bytes.length / 3)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
  await writeFile(path, bytes)
  const result = await reader.gear(["verify", "alone.gtz"])
  assert.equal(result.code, 5, result.out)
  assert.match(
    result.err,
    /^error BUNDLE_DAMAGED: .*member "gears\/[0-9a-f]{64}\/root\.tar": bytes \d+ to \d+ of the file/,
  )
  assert.doesNotMatch(result.out, /identical/)
})

test("a file that is there is not replaced unasked, and a bundle that fails leaves nothing", { skip }, async () => {
  await author.write("there.gtz", "mine")
  const refused = await author.gear(["bundle", upper.id, "-o", "there.gtz"])
  assert.equal(refused.code, 5)
  assert.match(refused.err, /^error OUTPUT_EXISTS: /)
  assert.equal(await author.read("there.gtz"), "mine")
  const intoFolder = await author.gear(["bundle", upper.id, "-o", "one", "--force"])
  assert.match(intoFolder.err, /^error OUTPUT_FOLDER_UNUSABLE: Cannot write a bundle to "one": it is a folder/)
  assert.equal(intoFolder.code, 5)
  await author.write("later.txt", "before\n")
  const job = await author.run("upper", "--text", "later.txt", "--no-output")
  await author.write("later.txt", "other!\n")
  const before = await readdir(author.folder)
  const changed = await author.gear(["bundle", job.id, "-o", "changed.gtz", "--json"])
  assert.equal(codeOf(changed), "INPUT_CHANGED")
  await rm(join(author.folder, "later.txt"))
  const gone = await author.gear(["bundle", job.id, "-o", "changed.gtz", "--json"])
  assert.equal(codeOf(gone), "INPUT_NOT_FOUND")
  assert.deepEqual((await readdir(author.folder)).toSorted(), before.filter((name) => name !== "later.txt").toSorted())
  await author.write("elsewhere", "before\n")
  const found = await author.gear(["bundle", job.id, "-o", "found.gtz", "--input", "text=elsewhere"])
  assert.equal(found.code, 0, found.err)
})

test("what comes out otherwise is different, and how is shown, since nothing is left to look at", {
  skip,
}, async () => {
  await author.import({
    name: "clock",
    command: "echo '{\"n\": '$(od -An -N4 -tu4 /dev/urandom)', \"m\": 1}' > output/o.json",
  })
  const job = await author.run("clock", "--no-output")
  await handOver("clock.gtz", job.id)
  const result = await reader.gear(["verify", "clock.gtz"])
  assert.equal(result.code, 1, result.err)
  assert.match(result.out, /^different {2}1 of 1 output differs/m)
  assert.match(result.out, /^o\.json {2}JSON: /im)
})

test("what the manifest declares as free makes it equivalent, from the bytes in the bundle", { skip }, async () => {
  await author.import({
    name: "dated",
    command: "echo '{\"n\": 1, \"at\": '$(od -An -N4 -tu4 /dev/urandom)'}' > output/o.json",
    custom: { geartrain: { compare: [{ files: ["*.json"], ignore: ["at"] }] } },
  })
  const job = await author.run("dated", "--no-output")
  await handOver("dated.gtz", job.id)
  const result = await reader.gear(["verify", "dated.gtz"])
  assert.equal(result.code, 0, result.out + result.err)
  assert.match(result.out, /^equivalent {2}/m)
})

test("a job that had the network does not get it again unasked", { skip }, async () => {
  await author.import({ name: "net", command: "echo x > output/o", capabilities: ["networking"] })
  const job = await author.run("net", "--no-output", "--network", "outbound")
  assert.equal(job.invocation.network, "outbound")
  await handOver("net.gtz", job.id)
  const result = await reader.gear(["verify", "net.gtz"])
  assert.equal(result.code, 6, result.out)
  assert.match(result.out, /^undecided {2}it could reach out to the network/m)
  assert.equal((await reader.gear(["verify", "net.gtz", "--network", "outbound"])).code, 0)
})

test("a job whose gear is gone is refused by the gear's name, and so is one that was never kept", {
  skip,
}, async () => {
  await author.import({ name: "gone", command: "echo x > output/o" })
  const job = await author.run("gone", "--no-output")
  const folder = await author.run("./root-gone", "--no-output")
  const development = await author.gear(["bundle", folder.id, "-o", "dev.gtz", "--json"])
  assert.equal(codeOf(development), "JOB_NOT_REPLAYABLE")
  await rm(join(author.folder, "store/roots", job.gear.tree.slice(7)), { recursive: true })
  const rootless = await author.gear(["bundle", job.id, "-o", "gone.gtz"])
  assert.match(rootless.err, /^error ROOT_NOT_FOUND: .*the root filesystem of gear "gone@1\.0\.0" is no longer stored/)
  assert.equal((await author.gear(["rm", "gone@1.0.0", "--yes"])).code, 0)
  const forgotten = await author.gear(["bundle", job.id, "-o", "gone.gtz"])
  assert.match(forgotten.err, /^error GEAR_NOT_FOUND: .*gear "gone@1\.0\.0" is not stored/)
})

test("words for bundles are refused with jobs, and a bundle that is not there is told", { skip }, async () => {
  assert.equal((await author.gear(["verify", upper.id, "--no-run"])).code, 2)
  assert.equal((await reader.gear(["verify", "nowhere.gtz"])).code, 3)
  assert.equal((await reader.gear(["verify", "both.gtz", "--key", "nowhere.pub"])).code, 1)
})
