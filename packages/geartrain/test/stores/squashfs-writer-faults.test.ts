import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { NO_XATTRS, type TarEntryType } from "../../src/packing/tar/tar-entry.ts"
import { END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../src/packing/tar/tar-writer.ts"
import { packSquashfs } from "../../src/stores/filesystem/roots/squashfs/write/pack-squashfs.ts"
import { writeSquashfs } from "../../src/stores/filesystem/roots/write-squashfs.ts"

const MEBIBYTE = 1024 * 1024
const TREE = `sha256:${"0".repeat(64)}` as const

interface Wanted extends Partial<WritableEntry> {
  readonly path: string
  readonly body?: Buffer
}

/** Header, body and padding of an entry. */
function entry(type: TarEntryType, { body = Buffer.alloc(0), ...wanted }: Wanted): Buffer {
  const none = { mode: 0o755, uid: 0, gid: 0, mtime: 0, target: "", major: 0, minor: 0, xattrs: NO_XATTRS }
  const header = encodeHeader({ ...none, type, size: body.length, ...wanted })
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

async function* pieces(parts: Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield* parts
}

function archive(...entries: readonly Buffer[]): AsyncIterable<Buffer> {
  return pieces([...entries, END_OF_ARCHIVE])
}

async function scratch(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-faults-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Files below a folder that this process has open, also those that have no name any more. */
async function openedIn(folder: string): Promise<readonly string[]> {
  const targets = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  )
  return targets.filter((target) => target.startsWith(folder))
}

/** Packs what cannot be packed, and looks at what is left of it. */
async function refusal(tar: AsyncIterable<Uint8Array>, context: TestContext): Promise<unknown> {
  const folder = await scratch(context)
  let reason: unknown
  await assert.rejects(packSquashfs(join(folder, "image"), tar, { reference: "a.tar" }), (error) => {
    reason = error
    return true
  })
  assert.deepEqual(
    await readdir(folder),
    ["image"],
    "what is there is the caller's to remove, and nothing is beside it",
  )
  assert.deepEqual(await openedIn(folder), [])
  return reason
}

const FILE = entry("file", { path: "a/file", body: Buffer.from("a file") })
const FOLDER = entry("folder", { path: "a" })
const NO_TREES: Readonly<Record<string, { readonly of: readonly Buffer[]; readonly message: string }>> = {
  "a file twice": { of: [FOLDER, FILE, FILE], message: 'its entry "a/file" is in it twice' },
  "a folder twice": { of: [FOLDER, FILE, FOLDER], message: 'its entry "a" is in it twice' },
  "the root twice": {
    of: [entry("folder", { path: "." }), entry("folder", { path: "./" })],
    message: 'its entry "" is in it twice',
  },
  "a file without its folder": { of: [FILE], message: 'its entry "a/file" is in no folder' },
  "a file in a file": {
    of: [FOLDER, FILE, entry("file", { path: "a/file/b" })],
    message: 'its entry "a/file/b" is in no folder',
  },
  "a file in a link": {
    of: [entry("link", { path: "l", target: "/etc" }), entry("file", { path: "l/passwd" })],
    message: 'its entry "l/passwd" is in no folder',
  },
  "another name of nothing": {
    of: [entry("hard-link", { path: "b", target: "nothing" })],
    message: 'its entry "b" is another name of a file that is not there',
  },
  "another name of itself": {
    of: [entry("hard-link", { path: "b", target: "b" })],
    message: 'its entry "b" is another name of another name',
  },
  "another name of another name": {
    of: [
      FOLDER,
      FILE,
      entry("hard-link", { path: "b", target: "a/file" }),
      entry("hard-link", { path: "c", target: "b" }),
    ],
    message: 'its entry "b" is another name of another name',
  },
  "another name of a folder": {
    of: [FOLDER, entry("hard-link", { path: "b", target: "a" })],
    message: 'its entry "a" is a folder with two names',
  },
  "a root that is a file": { of: [entry("file", { path: "." })], message: 'its entry "" is no folder' },
  "a path upwards": { of: [entry("file", { path: "../b" })], message: 'its entry "../b" leads out of it' },
  "another name of what is outside": {
    of: [entry("hard-link", { path: "b", target: "../../etc/passwd" })],
    message: 'its entry "../../etc/passwd" leads out of it',
  },
  "attributes that squashfs has not": {
    of: [entry("file", { path: "b", xattrs: new Map([["system.other", Buffer.from("x")]]) })],
    message: 'it has an extended attribute "system.other"',
  },
}
for (const [what, { of, message }] of Object.entries(NO_TREES)) {
  test(`${what} is refused, and nothing is left open`, async (context) => {
    assert.deepEqual(await refusal(archive(...of), context), new RangeError(message))
  })
}

test("more owners than squashfs counts are refused", async (context) => {
  const files = Array.from({ length: 40_000 }, (_, id) => entry("file", { path: `${id}`, uid: id, gid: 100_000 + id }))
  const reason = await refusal(archive(...files), context)
  assert.deepEqual(reason, new RangeError("it has more than 65535 owners and groups"))
})

const LARGE = entry("file", { path: "large", body: randomBytes(3 * MEBIBYTE) })

for (const [where, length] of [
  ["in a header", FOLDER.length + 100],
  ["in a body", FOLDER.length + 512 + 2 * MEBIBYTE],
  ["before its end", FOLDER.length + LARGE.length],
] as const) {
  test(`an archive that ends ${where} is told as one, and nothing is left open`, async (context) => {
    const whole = Buffer.concat([FOLDER, LARGE, END_OF_ARCHIVE])
    assert.ok(isGeartrainError(await refusal(pieces([whole.subarray(0, length)]), context), "IMAGE_TRUNCATED"))
  })
}

test("the error of a stream that fails midway comes as it is, and nothing is left open", async (context) => {
  const failure = new Error("the line is down")
  const failing = async function* (): AsyncGenerator<Buffer, void> {
    yield FOLDER
    for (let start = 0; start < 2 * MEBIBYTE; start += 65_536) yield LARGE.subarray(start, start + 65_536)
    throw failure
  }
  assert.equal(await refusal(failing(), context), failure)
  const folder = await scratch(context)
  await assert.rejects(writeSquashfs(join(folder, "image"), failing(), TREE), (error) => error === failure)
})

test("a stream is let go of when what came of it is refused", async (context) => {
  let isEnded = false
  const endless = async function* (): AsyncGenerator<Buffer, void> {
    try {
      for (;;) yield entry("file", { path: ".." })
    } finally {
      isEnded = true
    }
  }
  assert.ok((await refusal(endless(), context)) instanceof RangeError)
  assert.ok(isEnded)
})

test("an image that is there already is not touched", async (context) => {
  const path = join(await scratch(context), "image")
  await packSquashfs(path, archive(FOLDER, FILE), { reference: "a.tar" })
  await assert.rejects(packSquashfs(path, archive(FOLDER), { reference: "a.tar" }), { code: "EEXIST" })
  assert.match(execFileSync("head", ["--bytes=4", path], { encoding: "utf8" }), /^hsqs$/)
})

const skip = process.getuid?.() === 0 ? false : "needs root, to make a small disk"

/** A disk of so many bytes. */
async function smallDisk(sizeBytes: number, context: TestContext): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), "geartrain-disk-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "none", disk])
  context.after(async () => {
    execFileSync("umount", ["--lazy", disk])
    await rm(disk, { recursive: true })
  })
  return disk
}

function* manyFiles(count: number): Generator<Buffer, void> {
  for (let number = 0; number < count; number++) yield entry("file", { path: `${number}` })
}

/** Archives that fill the disk at different moments: while bodies are written, entries are put aside, and at the end. */
const FULL: Readonly<Record<string, { readonly diskBytes: number; readonly tar: () => Iterable<Buffer> }>> = {
  "the bodies of files": { diskBytes: 2 * MEBIBYTE, tar: () => [LARGE] },
  "what is put aside to be sorted": { diskBytes: 2 * MEBIBYTE, tar: () => manyFiles(120_000) },
  "the last bytes": {
    diskBytes: MEBIBYTE,
    tar: () => [entry("file", { path: "f", body: randomBytes(MEBIBYTE - 50) })],
  },
}
for (const [what, { diskBytes, tar }] of Object.entries(FULL)) {
  test(`a disk without room for ${what} is told as full, and has room again afterwards`, { skip }, async (context) => {
    const disk = await smallDisk(diskBytes, context)
    const code: ErrorCode = "STORE_FULL"
    const packing = writeSquashfs(join(disk, "image"), pieces([...tar(), END_OF_ARCHIVE]), TREE)
    await assert.rejects(packing, (error) => {
      assert.ok(isGeartrainError(error, code), String(error))
      assert.equal(error.message, `Cannot store root filesystem "${TREE}": the disk is full`)
      return true
    })
    assert.deepEqual(await readdir(disk), ["image"])
    assert.deepEqual(await openedIn(disk), [])
    await rm(join(disk, "image"))
    // What had no name has gone, too.
    await packSquashfs(join(disk, "image"), archive(FOLDER, FILE), { reference: "a.tar" })
    assert.match(execFileSync("df", ["--output=used", "--block-size=1K", disk], { encoding: "utf8" }), /^ *4$/m)
  })
}
