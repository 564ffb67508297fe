import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { gunzipSync, zstdDecompressSync } from "node:zlib"
import type { Gear, GearManifest, TreeDigest } from "@geartrain/spec"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { DEFAULT_LIMITS } from "../limits/image-limits.ts"
import { OutputChunks } from "../passes/output-chunks.ts"
import { scanLayers } from "../passes/scan-layers.ts"
import { streamTree } from "../passes/stream-tree.ts"
import type { ImageSource, Layer } from "../sources/image-source.ts"
import { ArchiveWriter } from "./archive-writer.ts"
import { canonicalTar } from "./canonical-tar.ts"
import { imageConfig, imageIndex, imageManifest, imageName } from "./gear-image.ts"
import { compress, packLayer } from "./pack-layer.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-export-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

async function* pieces(bytes: Uint8Array, size = 700): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

type Wanted = Partial<WritableEntry> & { readonly path: string; readonly body?: string }

function tarOf(...entries: readonly Wanted[]): Buffer {
  const parts = entries.map(({ body = "", ...wanted }) => {
    const rest = { type: "file", mode: 0o644, uid: 0, gid: 0, mtime: 5, target: "", major: 0, minor: 0 } as const
    const entry: WritableEntry = { ...rest, xattrs: new Map(), size: body.length, ...wanted }
    return Buffer.concat([encodeHeader(entry), Buffer.from(body), bodyPadding(entry)])
  })
  return Buffer.concat([...parts, END_OF_ARCHIVE])
}

/** An image of plain tar streams; each reading of a layer asks for its bytes anew. */
function sourceOf(...layers: readonly (() => Buffer)[]): ImageSource {
  const place = { reference: "image" }
  return {
    origin: { kind: "tar", reference: "image" },
    packedBytes: 0,
    warnings: () => [],
    close: async () => undefined,
    layers: async () =>
      layers.map(
        (bytes): Layer => ({
          rules: { place, kind: layers.length === 1 ? "flat" : "layer" },
          isVouched: false,
          open: () => pieces(bytes()),
          check: async () => undefined,
        }),
      ),
  }
}

const TREE = tarOf(
  { path: "./b", body: "two" },
  { path: "a//c", body: "one", mtime: 9 },
  { path: "c-link", type: "hard-link", target: "a/c" },
  { path: "dev/null", type: "character-device", major: 1, minor: 3 },
  { path: "soft", type: "link", target: "b" },
)
const LIMITS = { limits: DEFAULT_LIMITS }

test("an image in layers and its flat tar are one tree, and what is streamed is that tree again", async () => {
  const flat = sourceOf(() => TREE)
  const scan = await scanLayers(flat, LIMITS)
  const layered = sourceOf(
    () => tarOf({ path: "b", body: "old" }, { path: "gone", body: "x" }),
    () => tarOf({ path: "a/c", body: "one", mtime: 9 }, { path: "b", body: "two" }, { path: ".wh.gone" }),
    () => tarOf({ path: "c-link", type: "hard-link", target: "a/c" }, { path: "soft", type: "link", target: "b" }),
  )
  const other = await scanLayers(layered, LIMITS)
  assert.equal(other.tree, scan.tree)
  for (const [source, found] of [
    [flat, scan],
    [layered, other],
  ] as const) {
    const streamed = await bytesOf(streamTree(source, found, LIMITS))
    assert.equal(
      (
        await scanLayers(
          sourceOf(() => streamed),
          LIMITS,
        )
      ).tree,
      scan.tree,
    )
  }
})

test("a file that is another one in the second reading is found, and so is one that is gone", async () => {
  let reading = 0
  const changing = (second: Buffer) => sourceOf(() => (reading++ === 0 ? TREE : second))
  for (const second of [
    tarOf({ path: "b", body: "TWO" }, { path: "a/c", body: "one" }),
    tarOf({ path: "b", body: "two" }),
    tarOf({ path: "b", body: "longer" }, { path: "a/c", body: "one" }),
  ]) {
    reading = 0
    const source = changing(second)
    const scan = await scanLayers(source, LIMITS)
    await assert.rejects(bytesOf(streamTree(source, scan, LIMITS)), { code: "IMAGE_CHANGED" })
  }
})

test("the manifest is found behind a link, and one too large for anybody to have written is refused", async () => {
  const real = { path: "opt/gear.json", body: '{"name":"x"}' }
  const link = { path: "flywheel/v0/manifest.json", type: "link", target: "/opt/gear.json", size: 0 } as const
  const scan = await scanLayers(
    sourceOf(() => tarOf(link, real)),
    LIMITS,
  )
  assert.equal(Buffer.from(scan.manifest ?? "").toString(), real.body)
  const large = { path: "flywheel/v0/manifest.json", body: " ".repeat(4 * 2 ** 20 + 1) }
  await assert.rejects(
    scanLayers(
      sourceOf(() => tarOf(large)),
      LIMITS,
    ),
    { code: "IMAGE_METADATA_TOO_LARGE" },
  )
  assert.equal(
    (
      await scanLayers(
        sourceOf(() => TREE),
        LIMITS,
      )
    ).manifest,
    undefined,
  )
})

test("a kept tar is written in one form, whatever it was kept in, and only if it is that tree", async () => {
  const { tree } = await scanLayers(
    sourceOf(() => TREE),
    LIMITS,
  )
  const written = await bytesOf(canonicalTar(pieces(TREE), tree))
  assert.equal(
    (
      await scanLayers(
        sourceOf(() => written),
        LIMITS,
      )
    ).tree,
    tree,
  )
  assert.ok(written.equals(await bytesOf(canonicalTar(pieces(TREE, 13), tree))), "the same bytes each time")
  const other = `sha256:${"0".repeat(64)}` as TreeDigest
  await assert.rejects(bytesOf(canonicalTar(pieces(TREE), other)), { code: "ROOT_DIGEST_MISMATCH" })
})

test("a layer is named by its bytes on both sides of the compression", async () => {
  for (const [compression, unpack] of [
    ["none", (bytes: Buffer) => bytes],
    ["gzip", gunzipSync],
    ["zstd", zstdDecompressSync],
  ] as const) {
    const written: Buffer[] = []
    const layer = await packLayer(pieces(TREE), compression, async (bytes) => void written.push(Buffer.from(bytes)))
    const packed = Buffer.concat(written)
    assert.deepEqual([layer.digest, layer.sizeBytes], [digestOf(packed), packed.length])
    assert.equal(layer.diffId, digestOf(TREE))
    assert.ok(unpack(packed).equals(TREE))
    assert.ok(layer.mediaType.startsWith("application/vnd.oci.image.layer.v1.tar"))
    assert.ok(packed.equals(await bytesOf(compress(pieces(TREE, 999), compression))), "the same bytes each time")
  }
})

test("an error of the tar comes through the compression", async () => {
  const reason = new Error("the disk is gone")
  const failing = async function* () {
    yield TREE
    throw reason
  }
  await assert.rejects(bytesOf(compress(failing(), "gzip")), reason)
})

test("an archive of files whose names are known only afterwards can be read by GNU tar", async () => {
  const path = join(folder, "archive.tar")
  await using file = await open(path, "wx")
  const writer = new ArchiveWriter(file)
  await writer.folder("blobs")
  await writer.stream(async (write) => {
    await write(Buffer.from("some "))
    await write(Buffer.from("bytes"))
    return "blobs/named-later"
  })
  await writer.file("empty", new Uint8Array())
  await writer.end()
  const names = execFileSync("tar", ["--list", `--file=${path}`], { encoding: "utf8" })
  assert.equal(names, "blobs/\nblobs/named-later\nempty\n")
  assert.equal(execFileSync("tar", ["-xOf", path, "blobs/named-later"]).toString(), "some bytes")
  assert.equal(readFileSync(path).length % 512, 0)
})

const MANIFEST = {
  name: "my-gear",
  version: "1.0.0+2",
  label: "l",
  description: "d",
  author: "a",
  license: "MIT",
  url: "",
  source: "",
  config: {},
  inputs: {},
  environment: { A: "1", PATH: "/own" },
  command: "./go",
} as unknown as GearManifest
const GEAR = {
  id: digestOf(TREE),
  platform: "linux/arm64",
  tree: digestOf(TREE),
  manifest: MANIFEST,
} as unknown as Gear
const LAYER = { mediaType: "m", digest: digestOf(TREE), sizeBytes: 5, diffId: digestOf(TREE) } as Awaited<
  ReturnType<typeof packLayer>
>

test("an exported image starts as the gear does, and names the gear", () => {
  const { bytes, digest } = imageConfig(GEAR, LAYER)
  assert.equal(digest, digestOf(bytes))
  const config = JSON.parse(bytes.toString()) as {
    architecture: string
    config: { Env: string[]; WorkingDir: string; Cmd: string[]; User?: string; Labels: Record<string, string> }
    rootfs: object
  }
  assert.equal(config.architecture, "arm64")
  assert.deepEqual(config.config.Env, ["PATH=/own", "A=1"])
  assert.equal(config.config.WorkingDir, "/flywheel/v0")
  assert.deepEqual(config.config.Cmd.slice(-1), ["./go"])
  assert.equal(config.config.User, undefined)
  assert.equal(config.config.Labels["geartrain.gear"], GEAR.id)
  assert.deepEqual(config.rootfs, { type: "layers", diff_ids: [LAYER.diffId] })
  const owned = { ...GEAR, manifest: { ...MANIFEST, custom: { flywheel: { uid: 1000 } } } } as Gear
  assert.match(imageConfig(owned, LAYER).bytes.toString(), /"User":"1000:0"/)
  const invalid = { ...GEAR, manifest: { ...MANIFEST, custom: { flywheel: { invalid: true } } } } as Gear
  assert.match(imageConfig(invalid, LAYER).bytes.toString(), /"Cmd":\[\]/)
})

test("the documents of an image point at each other by digest and size, and are the same bytes each time", () => {
  const config = imageConfig(GEAR, LAYER)
  const manifest = imageManifest(config, LAYER)
  const index = JSON.parse(imageIndex(GEAR, manifest).toString()) as { manifests: { digest: string; size: number }[] }
  assert.deepEqual([index.manifests[0]?.digest, index.manifests[0]?.size], [manifest.digest, manifest.bytes.length])
  assert.ok(manifest.bytes.includes(config.digest))
  assert.ok(imageConfig(GEAR, LAYER).bytes.equals(config.bytes))
})

test("every gear has a name that docker takes", () => {
  for (const [name, version, expected] of [
    ["lambda-variants", "1.0.0", "lambda-variants:1.0.0"],
    ["--odd--", "v 1/2", "odd:v-1-2"],
    ["-", "", "gear:latest"],
    ["a--b", ".5", "a-b:5"],
    ["x", "1".repeat(200), `x:${"1".repeat(128)}`],
  ] as const) {
    assert.equal(imageName({ name, version }), expected)
    assert.match(imageName({ name, version }), /^[a-z0-9]+(-[a-z0-9]+)*:\w[\w.-]{0,127}$/)
  }
})

test("small writes come out as large chunks, whole and in order, also where chunks are used again", () => {
  for (const buffers of ["fresh", "reused"] as const) {
    const output = new OutputChunks({ buffers })
    const written: Buffer[] = []
    const taken: Buffer[] = []
    for (let index = 0; index < 300; index += 1) {
      const bytes = Buffer.alloc((index * 7919) % 20_000, index)
      written.push(bytes)
      output.write(bytes)
      // Whoever takes them has read them before the next are asked for.
      for (const chunk of output.full()) taken.push(Buffer.from(chunk))
    }
    for (const chunk of output.all()) taken.push(Buffer.from(chunk))
    assert.ok(Buffer.concat(taken).equals(Buffer.concat(written)), buffers)
    assert.equal(new Set(taken.slice(0, -1).map(({ length }) => length)).size, 1)
    assert.deepEqual([...output.all()], [])
  }
})
