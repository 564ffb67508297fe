import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { gzipSync } from "node:zlib"
import type { BlobStore } from "@geartrain/ports"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { type Digest, type GearManifest, isGeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import type { Stores } from "../engine-ports.ts"
import { describeDifferences } from "../explain/describe-differences.ts"
import { compareContents } from "./compare-contents.ts"
import { blobSource, fileSource } from "./file-sources.ts"
import { areEquivalent, textOf } from "./judge-differences.ts"

type Bytes = string | Uint8Array

/** A store in memory: nothing here asks where it keeps its bytes. */
function storesOf(): Pick<Stores, "blobs"> {
  return { blobs: memoryBlobStore() as BlobStore as Stores["blobs"] }
}

async function put({ blobs }: Pick<Stores, "blobs">, bytes: Bytes): Promise<Digest> {
  async function* once(): AsyncIterable<Uint8Array> {
    yield typeof bytes === "string" ? Buffer.from(bytes) : bytes
  }
  return (await blobs.put(once())).digest
}

function manifest(compare: readonly JsonObject[]): GearManifest {
  return { ...gear(1).manifest, custom: { geartrain: { compare } } } as unknown as GearManifest
}

/** Whether two outputs under one path are equivalent by these rules. */
async function equivalent(path: string, [a, b]: readonly [Bytes, Bytes], ...rules: readonly JsonObject[]) {
  const stores = storesOf()
  const difference = { path, here: await put(stores, a), there: await put(stores, b) }
  return await areEquivalent([difference], manifest(rules), stores)
}

test("an output that no rule is about has to have the same bytes", async () => {
  assert.equal(await equivalent("a.csv", ["1,2\n", "1,3\n"]), false)
  assert.equal(await equivalent("a.csv", ["1,2\n", "1,3\n"], { files: ["b.csv"], numbers: { absolute: 9 } }), false)
  assert.equal(await areEquivalent([], manifest([]), storesOf()), true)
  const packed = [gzipSync("text\n", { level: 1 }), gzipSync(Buffer.from("text\n"), { level: 9 })] as const
  assert.notDeepEqual(packed[0], packed[1])
  assert.equal(await equivalent("a.gz", packed), false)
  assert.equal(await equivalent("a.gz", packed, { files: ["*.gz"], order: "any" }), true)
})

test("an output that only one side has is never equivalent", async () => {
  const stores = storesOf()
  const here = await put(stores, "x")
  const rules = manifest([{ files: ["*"], lines: ["."] }])
  assert.equal(await areEquivalent([{ path: "a.txt", here }], rules, stores), false)
  assert.equal(await areEquivalent([{ path: "a.txt", there: here }], rules, stores), false)
})

test("numbers may be apart by what a rule says, and no further", async () => {
  const rule = { files: ["*.txt"], numbers: { absolute: 0.25 } }
  assert.equal(await equivalent("a.txt", ["x 1.00\n", "x 1.25\n"], rule), true)
  assert.equal(await equivalent("a.txt", ["x 1.00\n", "x 1.26\n"], rule), false)
  assert.equal(await equivalent("a.txt", ["x 1.00\n", "y 1.00\n"], rule), false)
  assert.equal(await equivalent("sub/a.txt", ["x 1.00\n", "x 1.001\n"], rule), false, "the rule is about no such file")
})

test("the first rule that is about a file decides", async () => {
  const [strict, loose] = [
    { files: ["a.txt"], numbers: { absolute: 0.001 } },
    { files: ["*.txt"], numbers: { absolute: 1 } },
  ]
  assert.equal(await equivalent("a.txt", ["1.0\n", "1.5\n"], strict, loose), false)
  assert.equal(await equivalent("a.txt", ["1.0\n", "1.5\n"], loose, strict), true)
})

test("each of several outputs has to be equivalent", async () => {
  const stores = storesOf()
  const [one, two, far] = [await put(stores, "1.0\n"), await put(stores, "1.1\n"), await put(stores, "9\n")]
  const rules = manifest([{ files: ["*"], numbers: { absolute: 0.2 } }])
  const near = { path: "a", here: one, there: two }
  assert.equal(await areEquivalent([near, { ...near, path: "b" }], rules, stores), true)
  assert.equal(await areEquivalent([near, { path: "b", here: one, there: far }], rules, stores), false)
})

test("a compressed text is compared as what is in it, and bytes that are no text are not", async () => {
  const stores = storesOf()
  const text = async (bytes: Bytes, fields?: readonly string[]) => {
    const blob = { digest: await put(stores, bytes), name: "x" }
    return await textOf(blobSource(blob, stores), fields === undefined ? {} : { fields })
  }
  assert.equal(await text(gzipSync("é\n")), "é\n")
  assert.equal(await text(""), "")
  assert.equal(await text(new Uint8Array([0, 1, 2, 3])), undefined)
  assert.equal(await text(gzipSync(new Uint8Array([0, 255]))), undefined)
  assert.equal(await text(gzipSync("whole text").subarray(0, 12)), undefined, "it ends in the middle")
  assert.equal(await text("no json", ["/a"]), "no json")
  assert.equal(await text('{"a":1,"b":2}', ["/a"]), "/b 2\n")
})

function jobOf(number: number, outputs: Readonly<Record<string, Digest>>): JobRecord {
  return job(number, {
    state: "complete",
    outputs: Object.entries(outputs).map(([path, one]) => ({ path, digest: one, sizeBytes: 1 })),
  })
}

test("outputs with other bytes are compared in the order of their paths, as many as are asked for", async () => {
  const stores = storesOf()
  const [x, y] = [await put(stores, "x\n"), await put(stores, "y\n")]
  const a = jobOf(1, { c: x, a: x, b: x, same: x, onlyA: x })
  const b = jobOf(2, { a: y, b: y, c: y, same: x, onlyB: y })
  const compared = await compareContents(a, b, { stores, most: 2 })
  assert.deepEqual(
    compared.map(({ path, comparison }) => [path, comparison?.same]),
    [
      ["a", false],
      ["b", false],
    ],
  )
  assert.deepEqual(await compareContents(a, b, { stores, most: 0 }), [])
})

test("of bytes that are no longer stored it is told which are missing", async () => {
  const stores = storesOf()
  const x = await put(stores, "x")
  const compared = await compareContents(jobOf(1, { a: x, b: digest(1) }), jobOf(2, { a: digest(2), b: digest(3) }), {
    ...{ stores, most: 9 },
  })
  assert.deepEqual(compared, [
    { path: "a", missing: [digest(2)] },
    { path: "b", missing: [digest(1), digest(3)] },
  ])
})

test("differences of two runs are described: what only one has, what cannot be read, and numbers that are near", async () => {
  const stores = storesOf()
  const [near, nearer] = [await put(stores, "x 1.000\n"), await put(stores, "x 1.001\n")]
  const [far, other] = [await put(stores, "x 1\n"), await put(stores, "x 2\n")]
  const a = jobOf(1, { far, lost: digest(1), near, onlyA: near })
  const b = jobOf(2, { far: other, lost: digest(2), near: nearer, onlyB: near })
  const described = new Map((await describeDifferences(a, b, stores)).map((one) => [one.path, one]))
  assert.equal(described.get("onlyA")?.onlyIn, "a")
  assert.equal(described.get("onlyB")?.onlyIn, "b")
  assert.deepEqual(described.get("lost"), { path: "lost" })
  const within = described.get("near")?.within ?? 0
  assert.ok(within >= 0.001 && within < 0.01, String(within))
  assert.equal(described.get("far")?.within, undefined)
})

async function folder(context: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "gear-sources-"))
  context.after(() => rm(made, { recursive: true, force: true }))
  return made
}

test("a file of the user's is read whole or in part, under its own name", async (context) => {
  const path = join(await folder(context), "a b.txt")
  await writeFile(path, "0123456789")
  const source = await fileSource(path)
  const text = async (chunks: AsyncIterable<Uint8Array> | undefined) => {
    let read = ""
    for await (const chunk of chunks ?? []) read += Buffer.from(chunk).toString()
    return read
  }
  assert.equal(source.name, "a b.txt")
  assert.deepEqual(
    [await text(source.chunks()), await text(source.chunks({ reused: true }))],
    ["0123456789", "0123456789"],
  )
  assert.match(await text(source.part?.(2, 4)), /^23/)
})

test("what is no regular file, and what is not there, is refused by name", async (context) => {
  const top = await folder(context)
  await mkdir(join(top, "sub"))
  await writeFile(join(top, "file"), "")
  const cases: readonly (readonly [string, "INPUT_NOT_A_FILE" | "INPUT_NOT_FOUND"])[] = [
    ["sub", "INPUT_NOT_A_FILE"],
    ["gone", "INPUT_NOT_FOUND"],
    ["file/below", "INPUT_NOT_FOUND"],
  ]
  for (const [name, code] of cases)
    await assert.rejects(fileSource(join(top, name)), (error) => {
      assert.ok(isGeartrainError(error, code), String(error))
      assert.ok(error.message.includes(JSON.stringify(join(top, name))))
      return true
    })
})
