import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { gzipSync } from "node:zlib"
import type { Digest } from "@geartrain/spec"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { DEFAULT_LIMITS } from "../limits/image-limits.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import { inspectArchive } from "./archive-index.ts"
import { openDockerArchive } from "./docker-archive.ts"
import { openFlatTar } from "./flat-tar.ts"
import type { Layer } from "./image-source.ts"
import { type LayeredImageOptions, layerName, readWhole } from "./layered-image.ts"
import { openOciArchive, openOciLayout } from "./oci-layout.ts"
import { spool } from "./spool.ts"
import { type StoredBytes, storedLayer } from "./stored-layer.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-layers-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const PLACE = { reference: "a.tar" }
const RULES = { place: PLACE, kind: "layer" } as const
const ORIGIN = { kind: "tar", reference: "a.tar" } as const
const OPTIONS: LayeredImageOptions = { place: PLACE, choice: { hostPlatform: "linux/amd64" }, limits: DEFAULT_LIMITS }
const budget = (): UnpackBudget => new UnpackBudget(DEFAULT_LIMITS, PLACE)
const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

let files = 0
function stored(bytes: Uint8Array): StoredBytes {
  files += 1
  const path = join(folder, `file-${files}`)
  writeFileSync(path, Buffer.concat([Buffer.from("before"), bytes, Buffer.from("behind")]))
  return { path, start: 6, sizeBytes: bytes.length }
}

async function read(layer: Layer, verify = true): Promise<Buffer> {
  const chunks: Buffer[] = []
  // A chunk is valid until the next is asked for.
  for await (const chunk of layer.open({ budget: budget(), verify })) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function tar(
  members: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>> = {},
): Buffer {
  const entry = (path: string, size: number): WritableEntry => {
    const rest = { mode: 0o644, uid: 0, gid: 0, mtime: 0, major: 0, minor: 0, xattrs: new Map() }
    return { type: "file", path, size, target: "", ...rest }
  }
  const bodies = Object.entries(members).map(([path, body]) => {
    const bytes = Buffer.from(body as string)
    return Buffer.concat([encodeHeader(entry(path, bytes.length)), bytes, bodyPadding(entry(path, bytes.length))])
  })
  const linked = Object.entries(links).map(([path, target]) =>
    encodeHeader({ ...entry(path, 0), type: "link", target }),
  )
  return Buffer.concat([...bodies, ...linked, END_OF_ARCHIVE])
}

test("a layer is the part of the file that it is, unpacked, and can be read again", async () => {
  const bytes = Buffer.from("a tar stream, or so".repeat(100))
  for (const packed of [bytes, gzipSync(bytes)]) {
    const layer = storedLayer({
      bytes: stored(packed),
      rules: RULES,
      digest: digestOf(packed),
      diffId: digestOf(bytes),
    })
    assert.ok(layer.isVouched)
    assert.ok((await read(layer)).equals(bytes))
    assert.ok((await read(layer)).equals(bytes))
    await layer.check({ budget: budget(), verify: true })
  }
  assert.equal(openFlatTar(stored(bytes), ORIGIN, PLACE).packedBytes, bytes.length)
})

test("a digest that lies is found at the end of the bytes that it is about, packed or unpacked", async () => {
  const bytes = Buffer.from("a tar stream, or so".repeat(100))
  const packed = gzipSync(bytes)
  const wrong = digestOf(Buffer.from("another"))
  const lying = storedLayer({ bytes: stored(packed), rules: RULES, digest: wrong, diffId: digestOf(bytes) })
  await assert.rejects(read(lying), { code: "IMAGE_LAYER_DIGEST_MISMATCH", message: /its bytes have the digest/ })
  assert.ok((await read(lying, false)).equals(bytes), "unless nobody asked")
  const inside = storedLayer({ bytes: stored(packed), rules: RULES, digest: digestOf(packed), diffId: wrong })
  await assert.rejects(read(inside), { code: "IMAGE_LAYER_DIGEST_MISMATCH", message: /its unpacked bytes have/ })
  await assert.rejects(inside.check({ budget: budget(), verify: false }), { code: "IMAGE_LAYER_DIGEST_MISMATCH" })
})

test("what can be had only once is put aside whole, for its owner alone, and never over something", async () => {
  const path = join(folder, "spooled")
  const counted: number[] = []
  const chunks = async function* () {
    yield Buffer.from("one ")
    yield Buffer.from("two")
  }
  const found = await spool(chunks(), path, { count: (sizeBytes) => void counted.push(sizeBytes) })
  assert.deepEqual(found, { path, start: 0, sizeBytes: 7 })
  assert.equal(readFileSync(path, "utf8"), "one two")
  assert.deepEqual(counted, [4, 3])
  await assert.rejects(spool(chunks(), path, { count: () => undefined }), { code: "EEXIST" })
  const enough = new RangeError("too much")
  const counting = spool(chunks(), join(folder, "stopped"), {
    count: () => {
      throw enough
    },
  })
  await assert.rejects(counting, enough)
})

test("an archive is told by the names in it, plain or compressed, and links in it are followed", async () => {
  const hex = "a".repeat(64)
  const docker = tar({ "manifest.json": "[]", [`${hex}.tar`]: "layer" }, { [`${hex}/layer.tar`]: `../${hex}.tar` })
  const oci = tar({ "oci-layout": "{}", "index.json": "{}", [`blobs/sha256/${hex}`]: "blob" })
  const kinds: [Buffer, string][] = [
    [docker, "docker-archive"],
    [oci, "oci-archive"],
    [tar({ "manifest.json": "[]", "etc/passwd": "" }), "flat"],
    [tar({ "index.json": "{}" }), "flat"],
    [tar({ "bin/sh": "" }), "flat"],
    [Buffer.from("no archive at all"), "flat"],
  ]
  for (const [archive, kind] of kinds) {
    for (const packed of [archive, gzipSync(archive)]) {
      const found = await inspectArchive(stored(packed), { place: PLACE, budget: budget() })
      assert.equal(found.kind, kind)
    }
  }
  const place = stored(docker)
  const found = await inspectArchive(place, { place: PLACE, budget: budget() })
  assert.ok(found.kind === "docker-archive" && !found.isCompressed)
  const member = found.members.find(`${hex}/layer.tar`)
  assert.equal(member?.sizeBytes, 5)
  assert.equal(readFileSync(member?.path ?? "").toString("latin1", member?.start, (member?.start ?? 0) + 5), "layer")
  assert.equal(found.members.find("none"), undefined)
})

test("one name twice in an archive of layers is refused, and links in a circle lead nowhere", async () => {
  const twice = Buffer.concat([tar({ "manifest.json": "[]" }).subarray(0, 1024), tar({ "manifest.json": "{}" })])
  await assert.rejects(inspectArchive(stored(twice), { place: PLACE, budget: budget() }), { code: "IMAGE_ENTRY_TWICE" })
  const hex = "b".repeat(64)
  const circle = tar({ "manifest.json": "[]" }, { [`${hex}.tar`]: `${hex}.tar` })
  const found = await inspectArchive(stored(circle), { place: PLACE, budget: budget() })
  assert.equal(found.kind === "docker-archive" && found.members.find(`${hex}.tar`), undefined)
})

const LAYER = tar({ "etc/file": "x" })
const CONFIG = Buffer.from(
  JSON.stringify({ os: "linux", architecture: "amd64", config: {}, rootfs: { diff_ids: [digestOf(LAYER)] } }),
)

function membersOf(members: Readonly<Record<string, Buffer>>) {
  const places = new Map(Object.entries(members).map(([path, bytes]) => [path, stored(bytes)]))
  return { find: (path: string) => places.get(path) }
}

test("docker's archive gives the layers that its config vouches for, and says which part is missing", async () => {
  const manifest = Buffer.from(JSON.stringify([{ Config: "c.json", RepoTags: ["lab/tool:1"], Layers: ["l.tar"] }]))
  const whole = { "manifest.json": manifest, "c.json": CONFIG, "l.tar": LAYER }
  const source = await openDockerArchive(membersOf(whole), ORIGIN, OPTIONS)
  const [layer] = await source.layers({})
  assert.ok(layer !== undefined && (await read(layer)).equals(LAYER))
  assert.equal(layer.rules.place.part, "layer 1 of 1")
  assert.equal(source.platform, "linux/amd64")
  for (const part of ["c.json", "l.tar"]) {
    const { [part]: _, ...rest } = whole as Record<string, Buffer>
    await assert.rejects(openDockerArchive(membersOf(rest), ORIGIN, OPTIONS), {
      code: "IMAGE_BLOB_MISSING",
      message: new RegExp(`"${part}"`),
    })
  }
  const named = { ...OPTIONS, choice: { ...OPTIONS.choice, name: "other" } }
  await assert.rejects(openDockerArchive(membersOf(whole), ORIGIN, named), {
    code: "IMAGE_NOT_FOUND",
    hint: /lab\/tool:1/,
  })
})

function ociParts(change: { readonly layerSize?: number } = {}): Record<string, Buffer> {
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length })
  const layer = { ...describe("l", LAYER), size: change.layerSize ?? LAYER.length }
  const config = describe("application/vnd.oci.image.config.v1+json", CONFIG)
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer] }))
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [describe("m", manifest)] }))
  const blobs = [manifest, CONFIG, LAYER].map((bytes) => [`blobs/sha256/${digestOf(bytes).slice(7)}`, bytes])
  return { "oci-layout": Buffer.from("{}"), "index.json": index, ...Object.fromEntries(blobs) }
}

test("an OCI layout gives the same layers from an archive and from a folder", async () => {
  const parts = ociParts()
  const layout = join(folder, "layout")
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true })
  for (const [path, bytes] of Object.entries(parts)) writeFileSync(join(layout, path), bytes)
  for (const open of [
    () => openOciArchive(membersOf(parts), ORIGIN, OPTIONS),
    () => openOciLayout(layout, ORIGIN, OPTIONS),
  ]) {
    const source = await open()
    const [layer] = await source.layers({})
    assert.ok(layer !== undefined && (await read(layer)).equals(LAYER))
    assert.match(source.origin.imageDigest ?? "", /^sha256:/)
    await source.close()
  }
})

test("a size that lies, a document that was changed and a blob that is gone are told apart", async () => {
  const lying = await openOciArchive(membersOf(ociParts({ layerSize: 5 })), ORIGIN, OPTIONS)
  await assert.rejects(lying.layers({}), { code: "IMAGE_LAYER_DIGEST_MISMATCH", message: /and the image says 5$/ })
  const config = `blobs/sha256/${digestOf(CONFIG).slice(7)}`
  const changed = { ...ociParts(), [config]: Buffer.from("{}") }
  await assert.rejects(openOciArchive(membersOf(changed), ORIGIN, OPTIONS), { code: "IMAGE_LAYER_DIGEST_MISMATCH" })
  const { [config]: _, ...gone } = ociParts()
  await assert.rejects(openOciArchive(membersOf(gone), ORIGIN, OPTIONS), { code: "IMAGE_BLOB_MISSING" })
  const few = { ...OPTIONS, limits: { ...DEFAULT_LIMITS, maxLayers: 0 } }
  await assert.rejects(openOciArchive(membersOf(ociParts()), ORIGIN, few), { code: "IMAGE_TOO_LARGE" })
})

test("a document is read whole, and one that nobody wrote by hand is not read at all", async () => {
  assert.equal((await readWhole(stored(Buffer.from("{}")), PLACE)).toString(), "{}")
  const large = { ...stored(Buffer.from("{}")), sizeBytes: 5 * 2 ** 20 }
  await assert.rejects(readWhole(large, PLACE), { code: "IMAGE_MANIFEST_INVALID" })
  assert.equal(layerName(1, 5), "layer 2 of 5")
})
