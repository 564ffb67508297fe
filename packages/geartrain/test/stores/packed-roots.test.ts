import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream, readdirSync, readlinkSync } from "node:fs"
import { chmod, link, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { isGeartrainError } from "@geartrain/spec"
import { rootTar } from "../../src/compose/bundles/root-tar.ts"
import { canonicalTar, packedTar } from "../../src/images/index.ts"
import type { PackedPiece } from "../../src/packing/tar/packed-piece.ts"
import { openStoreHome } from "../../src/stores/filesystem/home/store-home.ts"
import { type FilesystemRootStore, openRootStore } from "../../src/stores/filesystem/roots/root-store.ts"
import { openSquashfs } from "../../src/stores/filesystem/roots/squashfs/read-squashfs.ts"
import { makeSampleTree, packed, type SampleTree } from "./sample-tree.ts"

const skip = missing()
const BLOCK = 128 * 1024
let base = ""
let sample: SampleTree
let sized: SampleTree

before(async () => {
  base = await mkdtemp(join(tmpdir(), "geartrain-packed-"))
  await chmod(base, 0o755)
  if (skip !== false) return
  sample = await makeSampleTree(base)
  sized = await makeSizedTree(join(base, "sized"))
})
after(() => rm(base, { recursive: true, force: true }))

function missing(): string | false {
  if (process.getuid?.() !== 0) return "needs root"
  try {
    execFileSync("tar2sqfs", ["--version"], { stdio: "ignore" })
    return false
  } catch {
    return "needs tar2sqfs"
  }
}

/** Files of every length that blocks make a difference to, and many small ones. */
async function makeSizedTree(folder: string): Promise<SampleTree> {
  await mkdir(`${folder}/many`, { recursive: true })
  for (const sizeBytes of [0, 1, 512, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 40 * BLOCK + 77]) {
    await writeFile(`${folder}/text-${sizeBytes}`, Buffer.alloc(sizeBytes, `text of ${sizeBytes} bytes\n`))
    await writeFile(`${folder}/noise-${sizeBytes}`, noise(sizeBytes))
    await link(`${folder}/noise-${sizeBytes}`, `${folder}/many/again-${sizeBytes}`)
  }
  for (let number = 0; number < 400; number++)
    await writeFile(`${folder}/many/${number}`, `small ${number}\n`.repeat(9))
  await mkdir(`${folder}/etc`)
  await writeFile(`${folder}/etc/hosts`, "127.0.0.1 localhost\n")
  await link(`${folder}/etc/hosts`, `${folder}/etc/hosts.kept`)
  const holes = await open(`${folder}/holes`, "wx")
  await holes.write("x", 5 * BLOCK + 3)
  await holes.truncate(9 * BLOCK + 5)
  await holes.close()
  execFileSync("find", [folder, "-depth", "-exec", "touch", "-h", "--date=2024-05-06 07:08:09 UTC", "{}", "+"])
  return packed(folder, `${folder}.tar`)
}

function noise(sizeBytes: number): Buffer {
  const blocks: Buffer[] = []
  for (let block = 0; block * 32 < sizeBytes; block++) blocks.push(createHash("sha256").update(`${block}`).digest())
  return Buffer.concat(blocks).subarray(0, sizeBytes)
}

async function stored(tree: SampleTree): Promise<{ readonly store: FilesystemRootStore; readonly image: string }> {
  const home = join(await mkdtemp(join(base, "store-")), "home")
  const store = openRootStore(await openStoreHome(home), { form: "squashfs" })
  const { path } = await store.put(tree.tree, { tar: createReadStream(tree.tarFile), listing: tree.listingBytes() })
  return { store, image: path }
}

async function asTree(
  { tree, listingBytes }: SampleTree,
  tar: AsyncIterable<Uint8Array>,
): Promise<FilesystemRootStore> {
  const home = join(await mkdtemp(join(base, "store-")), "home")
  const store = openRootStore(await openStoreHome(home), { form: "tree" })
  await store.put(tree, { tar, listing: listingBytes() })
  return store
}

interface Unpacked {
  readonly sha256: string
  readonly bytes: Readonly<Record<PackedPiece["form"], number>>
}

async function unpack(pieces: AsyncIterable<PackedPiece>): Promise<Unpacked> {
  const hash = createHash("sha256")
  const bytes = { plain: 0, dense: 0, frame: 0 }
  for await (const piece of pieces) {
    const unpacked = piece.form === "frame" ? zstdDecompressSync(piece.bytes) : piece.bytes
    if (piece.form === "frame") assert.equal(unpacked.length, piece.unpackedBytes)
    bytes[piece.form] += unpacked.length
    hash.update(unpacked)
  }
  return { sha256: hash.digest("hex"), bytes }
}

/** What GNU tar packs in the order of the listing, in canonical form: made by neither of the ways that are compared with it. */
async function canonical({ tree, listing, folder }: SampleTree): Promise<string> {
  const lines = listing.trimEnd().split("\n").slice(1)
  const paths = lines.map((line) => `${(JSON.parse(line) as readonly [string])[0]}\0`).join("")
  const options = ["--format=pax", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--no-recursion"]
  const tar = execFileSync("tar", ["-c", ...options, "-C", folder, "--null", "--verbatim-files-from", "-T", "-"], {
    input: paths,
    maxBuffer: 256 * 1024 * 1024,
  })
  const hash = createHash("sha256")
  for await (const bytes of canonicalTar(once(tar), tree)) hash.update(bytes)
  return hash.digest("hex")
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

for (const [name, treeOf] of [
  ["of everything that a tree may hold", () => sample],
  ["of files of every length", () => sized],
] as const) {
  test(`a tree ${name} unpacks to the same tar in the order of its listing, whether it is kept packed or as a tree`, {
    skip,
  }, async () => {
    const tree = treeOf()
    const { store } = await stored(tree)
    const entries = await store.packed(tree.tree)
    assert.ok(entries !== undefined)
    const unpacked = await unpack(packedTar(entries, tree.tree))
    assert.equal(unpacked.sha256, await canonical(tree))
    assert.ok(unpacked.bytes.frame > 20 * BLOCK, "full blocks travel as they are")
    if (tree === sized) assert.ok(unpacked.bytes.dense > 40 * BLOCK, "what does not compress is not tried again")
    // Wherever its files came in another order from.
    const other = await asTree(tree, store.read(tree.tree))
    assert.equal((await unpack(rootTar(tree.tree, other))).sha256, unpacked.sha256)
    const sorted = await asTree(tree, tree.tar())
    assert.equal((await unpack(rootTar(tree.tree, sorted))).sha256, unpacked.sha256)
  })
}

test("a root that is a tree, or not held, is not offered packed", { skip }, async () => {
  const home = join(await mkdtemp(join(base, "store-")), "home")
  const store = openRootStore(await openStoreHome(home), { form: "tree" })
  assert.equal(await store.packed(sample.tree), undefined)
  await store.put(sample.tree, { tar: createReadStream(sample.tarFile), listing: sample.listingBytes() })
  assert.equal(await store.packed(sample.tree), undefined)
})

test("a tree whose file has other bytes, or is gone, is told as damaged", { skip }, async () => {
  for (const spoil of [(path: string) => writeFile(path, "not \n"), (path: string) => rm(path)]) {
    const store = await asTree(sized, sized.tar())
    const { path = "" } = (await store.stat(sized.tree)) ?? {}
    await spoil(join(path, "text-512"))
    await assert.rejects(unpack(rootTar(sized.tree, store)), (error) => isGeartrainError(error, "ROOT_DAMAGED"))
  }
})

test("what nobody reads holds no file open", { skip }, async () => {
  const { store, image } = await stored(sample)
  const open = () => readdirSync("/proc/self/fd").filter((fd) => linkOf(fd) === image).length
  assert.ok((await store.packed(sample.tree)) !== undefined)
  assert.equal(open(), 0)
  for await (const _ of (await store.packed(sample.tree)) ?? []) {
    assert.ok(open() > 0)
    break
  }
  assert.equal(open(), 0)
})

/** The folder is listed by a file that is closed when its link is read. */
function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}

test("a squashfs of another compressor, and what is none, are left to others", { skip }, async () => {
  const image = join(base, "gzip.sqfs")
  execFileSync("tar2sqfs", ["--quiet", "--force", "--compressor", "gzip", image], {
    input: await readFile(sample.tarFile),
    stdio: ["pipe", "ignore", "ignore"],
  })
  assert.equal(await openSquashfs(image), undefined)
  await writeFile(image, "no image")
  assert.equal(await openSquashfs(image), undefined)
})

test("a squashfs with a byte changed is never taken for whole, wherever the byte is", { skip }, async () => {
  const { store, image } = await stored(sample)
  const bytes = await readFile(image)
  await chmod(image, 0o600)
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 150)) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(at) ^ 0x55, at)
    await writeFile(image, changed)
    const read = async (): Promise<void> => {
      const entries = await store.packed(sample.tree)
      // What is no image any more is left to the other way, which looks at the digest first.
      if (entries === undefined) for await (const _ of store.read(sample.tree));
      else await unpackNothing(packedTar(entries, sample.tree))
    }
    await assert.rejects(read(), (error) => isGeartrainError(error) && error.code === "ROOT_DAMAGED", `byte ${at}`)
  }
})

async function unpackNothing(pieces: AsyncIterable<PackedPiece>): Promise<void> {
  for await (const _ of pieces);
}

test("an image that is not what it says ends with a reason, whoever may have made it", { skip }, async () => {
  const { image } = await stored(sample)
  const bytes = await readFile(image)
  const forged = join(base, "forged.sqfs")
  const tables = [48, 56, 64, 72, 80].map((offset) => Number(bytes.readBigUInt64LE(offset)))
  let failed = 0
  const tryOne = async (at: number): Promise<void> => {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at)
    await writeFile(forged, changed)
    const opened = await openSquashfs(forged)
    try {
      if (opened !== undefined) for (const { body } of opened.entries()) for (const _ of body());
    } catch (error) {
      failed++
      assert.ok(error instanceof RangeError, `byte ${at}: ${error}`)
    } finally {
      await opened?.close()
    }
  }
  for (let at = 4; at < 96; at++) await tryOne(at)
  for (const table of tables) for (let at = table; at < Math.min(table + 40, bytes.length); at++) await tryOne(at)
  assert.ok(failed > 50, `${failed} of them were found`)
})
