import assert from "node:assert/strict"
import { createReadStream, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { after, describe, it } from "node:test"
import type { PackMember, PackMembers } from "../../src/packing/members/pack-member.ts"
import { writeTarStream } from "../../src/packing/members/write-tar-stream.ts"
import { listZip } from "../../src/packing/zip/list-zip.ts"
import { storedZipBytes, writeZip } from "../../src/packing/zip/write-zip.ts"
import { missing, run } from "../images/support/foreign.ts"
import { temporaryFolder } from "../images/support/temporary-folder.ts"

const folder = temporaryFolder({ after })

function member(name: string, bytes: Uint8Array, modifiedMs?: number): PackMember {
  return {
    ...{ name, sizeBytes: bytes.length, ...(modifiedMs === undefined ? {} : { modifiedMs }) },
    async *bytes() {
      yield bytes
    },
  }
}

async function save(name: string, pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const path = join(folder, name)
  const file = await open(path, "w")
  for await (const piece of pieces) await file.write(piece)
  await file.close()
  return path
}

const MODIFIED = Date.UTC(2024, 1, 29, 23, 59, 58)
const TEXT = Buffer.from("many words, ".repeat(20_000))
const SAMPLES: readonly PackMember[] = [
  member("plain.txt", TEXT, MODIFIED),
  member("small.txt", Buffer.from("hello"), MODIFIED),
  member("packed.nii.gz", TEXT, MODIFIED),
  member("empty", Buffer.alloc(0), MODIFIED),
  member(`lab/${"long ".repeat(40)}x/脳 é.txt`, Buffer.from("deep"), MODIFIED),
  member("-rf", Buffer.from("x"), MODIFIED),
  member("untimed", Buffer.from("x")),
]

const IN_PYTHON = `
import hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    for each in archive.infolist():
        print(each.filename, each.file_size, each.compress_type, "%04d-%02d-%02d %02d:%02d:%02d" % each.date_time)
`

for (const packing of ["store", "deflate"] as const) {
  describe(`a zip that is made with ${packing}`, () => {
    it("is tested and unpacked by unzip, with its times", { skip: missing("unzip") }, async () => {
      const path = await save(`${packing}.zip`, writeZip(SAMPLES, { packing }))
      run(["unzip", "-t", path])
      const out = join(folder, packing)
      run(["unzip", "-q", path, "-d", out])
      for (const { name, sizeBytes, modifiedMs } of SAMPLES) {
        const stats = statSync(join(out, name))
        assert.equal(stats.size, sizeBytes, name)
        assert.equal(stats.mode & 0o777, 0o644)
        if (modifiedMs !== undefined) assert.equal(stats.mtimeMs, modifiedMs, name)
      }
      assert.deepEqual(readFileSync(join(out, "plain.txt")), TEXT)
    })

    it("is read by Python, with the times in UTC", { skip: missing("python3") }, async () => {
      const path = await save(`${packing}-python.zip`, writeZip(SAMPLES, { packing }))
      const lines = run(["python3", "-c", IN_PYTHON, path]).toString("utf8").trim().split("\n")
      const method = (name: string): string => (packing === "store" || name.endsWith(".gz") ? "0" : "8")
      assert.deepEqual(
        lines,
        SAMPLES.map(
          ({ name, sizeBytes, modifiedMs }) =>
            `${name} ${sizeBytes} ${method(name)} ${modifiedMs === undefined ? "1980-01-02 00:00:00" : "2024-02-29 23:59:58"}`,
        ),
      )
    })
  })
}

describe("a tar of members", { skip: missing("tar") }, () => {
  it("is unpacked by GNU tar with names, times and bytes", async () => {
    const path = await save("members.tar", writeTarStream(SAMPLES))
    const out = join(folder, "untarred")
    mkdirSync(out)
    run(["tar", "--extract", "--file", path, "--directory", out])
    for (const { name, sizeBytes, modifiedMs } of SAMPLES) {
      const stats = statSync(join(out, name))
      assert.deepEqual([stats.size, stats.mode & 0o777], [sizeBytes, 0o644], name)
      if (modifiedMs !== undefined) assert.equal(stats.mtimeMs, modifiedMs)
    }
  })
})

describe("an archive of very many members", () => {
  const COUNT = 70_000
  const BYTES = Buffer.alloc(300, "x")

  async function* many(seen: { most: number }): PackMembers {
    for (let index = 0; index < COUNT; index++) {
      if (index % 1000 === 0) seen.most = Math.max(seen.most, process.memoryUsage().rss)
      yield member(`folder-${index % 100}/file-${index}.txt`, BYTES)
    }
  }

  it("is a zip64 that unzip and Python count, and takes little memory", {
    skip: missing("unzip", "python3"),
  }, async () => {
    const before = process.memoryUsage().rss
    const seen = { most: 0 }
    const path = await save("many.zip", writeZip(many(seen), { packing: "store" }))
    const members = Array.from({ length: COUNT }, (_, index) => ({
      name: `folder-${index % 100}/file-${index}.txt`,
      sizeBytes: BYTES.length,
    }))
    assert.equal(statSync(path).size, storedZipBytes(members))
    // The directory alone has 6 MB, garbage that waits to be collected up to 155; a stream for each member was seen to take 438.
    assert.ok(seen.most - before < 250e6, `${seen.most - before} bytes more`)
    assert.match(run(["unzip", "-Z", "-h", path]).toString("utf8"), /number of entries: 70000/)
    const counted = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))"
    assert.equal(run(["python3", "-c", counted, path]).toString("utf8").trim(), String(COUNT))
    const listing = await listZip(fileSource(path))
    assert.ok(listing.ok)
    assert.equal(listing.members.length, COUNT)
  })

  it("is made no faster than it is read, and ends when its reader stops", async () => {
    let asked = 0
    let ended = false
    async function* slowly(): AsyncGenerator<PackMember, void> {
      try {
        for (;;) {
          asked++
          yield member(`${asked}.gz`, Buffer.alloc(100_000))
        }
      } finally {
        ended = true
      }
    }
    for (const write of [writeZip, writeTarStream]) {
      asked = 0
      ended = false
      for await (const _ of write(slowly())) if (asked > 3) break
      assert.ok(asked < 10, String(asked))
      assert.ok(ended)
    }
  })

  it("ends with the reason of its signal, in the middle of a member, too", async () => {
    for (const write of [writeZip, writeTarStream]) {
      const stop = new AbortController()
      const endless: PackMember = {
        ...{ name: "endless", sizeBytes: 2 ** 40 },
        async *bytes() {
          for (let count = 0; ; count++) {
            if (count === 100) stop.abort(new RangeError("enough"))
            yield Buffer.alloc(65_536, count)
          }
        },
      }
      await assert.rejects(async () => {
        for await (const _ of write([endless], { signal: stop.signal }));
      }, /enough/)
    }
  })

  it("ends with the error of a member's source", async () => {
    for (const write of [writeZip, writeTarStream]) {
      const broken: PackMember = {
        ...{ name: "broken.txt", sizeBytes: 1_000_000 },
        async *bytes() {
          yield Buffer.alloc(10)
          throw new TypeError("the disk is gone")
        },
      }
      await assert.rejects(async () => {
        for await (const _ of write([broken]));
      }, /the disk is gone/)
    }
  })
})

describe("zips of others", { skip: missing("zip") }, () => {
  it("are listed, with links told and encrypted members known", async () => {
    const tree = join(folder, "tree")
    mkdirSync(join(tree, "sub"), { recursive: true })
    writeFileSync(join(tree, "sub", "a é.txt"), "text")
    utimesSync(join(tree, "sub", "a é.txt"), 1e9, 1e9)
    run(["ln", "-s", "/etc", join(tree, "out")])
    const path = join(folder, "foreign.zip")
    run(["sh", "-c", `cd '${tree}' && zip -q -r -y -P key '${path}' .`])
    const listing = await listZip(fileSource(path))
    assert.ok(listing.ok, JSON.stringify(listing))
    assert.deepEqual(
      listing.members
        .map(({ name, kind, isEncrypted, doubt }) => ({ name, kind, isEncrypted, doubt }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      [
        { name: "out", kind: "link", isEncrypted: true, doubt: "it is a link" },
        { name: "sub/", kind: "folder", isEncrypted: false, doubt: undefined },
        { name: "sub/a é.txt", kind: "file", isEncrypted: true, doubt: undefined },
      ],
    )
  })
})

function fileSource(path: string) {
  return {
    sizeBytes: statSync(path).size,
    part: (start: number, end: number) => createReadStream(path, { start, end: end - 1 }) as AsyncIterable<Uint8Array>,
  }
}
