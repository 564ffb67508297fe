import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { ClaimedInput } from "@geartrain/spec/server"
import { chunks, digestOf, openedBlobs } from "../../../test/stores/opened-blobs.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { RemoteBlobs } from "../server/runner-server.ts"
import { fetchInputs } from "./fetch-inputs.ts"

function input(name: string, text: string): ClaimedInput {
  return { input: name, name, digest: digestOf(text), sizeBytes: text.length, object: {} }
}

/** A server that has these texts, and counts what is under way at once. */
function remote(texts: readonly string[], onGet: (digest: Digest) => Promise<void> = async () => undefined) {
  const seen = { gets: [] as Digest[], now: 0, most: 0 }
  const get = async function* (digest: Digest): AsyncGenerator<Uint8Array> {
    seen.gets.push(digest)
    seen.now += 1
    seen.most = Math.max(seen.most, seen.now)
    try {
      await new Promise((resolve) => setImmediate(resolve))
      await onGet(digest)
      const text = texts.find((one) => digestOf(one) === digest)
      if (text === undefined) throw new GeartrainError("BLOB_NOT_FOUND", "gone")
      yield Buffer.from(text)
    } finally {
      seen.now -= 1
    }
  }
  const blobs: RemoteBlobs = { has: () => assert.fail(), put: () => assert.fail(), get }
  return { seen, blobs }
}

test("each content is fetched once, and every input told where it lies, in their order", async (t) => {
  const { store } = await openedBlobs(t)
  const engine = { blobs: store } as unknown as EnginePorts
  const { seen, blobs } = remote(["one", "two"])
  const paths = await fetchInputs(
    [input("b", "two"), input("a", "one"), input("c", "two")],
    { engine },
    { from: blobs },
  )
  assert.deepEqual([...paths.keys()], ["b", "a", "c"])
  assert.equal(paths.get("b"), paths.get("c"))
  assert.equal(await readFile(paths.get("a") ?? "", "utf8"), "one")
  assert.equal(seen.gets.length, 2)
  assert.equal((await fetchInputs([], { engine }, { from: blobs })).size, 0)
})

test("what is stored here, or lies near, is not asked for", async (t) => {
  const { store, folder } = await openedBlobs(t)
  const engine = { blobs: store } as unknown as EnginePorts
  await store.put(chunks("here"))
  const near = join(folder, "near")
  await writeFile(near, "near")
  const { seen, blobs } = remote(["far"])
  const inputs = [input("a", "here"), input("b", "near"), input("c", "far")]
  const nearBlob = (digest: Digest): string => (digest === digestOf("near") ? near : join(folder, "none"))
  const paths = await fetchInputs(inputs, { engine, nearBlob }, { from: blobs })
  assert.deepEqual(seen.gets, [digestOf("far")])
  assert.equal(await readFile(paths.get("b") ?? "", "utf8"), "near")
})

test("some are on their way at once, and never more than eight", async (t) => {
  const { store } = await openedBlobs(t)
  const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`)
  const { seen, blobs } = remote(texts)
  const inputs = texts.map((text, index) => input(String(index), text))
  await fetchInputs(inputs, { engine: { blobs: store } as unknown as EnginePorts }, { from: blobs })
  assert.equal(seen.gets.length, 30)
  assert.ok(seen.most > 1 && seen.most <= 8, String(seen.most))
})

test("when one cannot be had no more is begun, and nothing is under way when that is told", async (t) => {
  const { store } = await openedBlobs(t)
  const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`)
  const { seen, blobs } = remote(texts.slice(1))
  const inputs = texts.map((text, index) => input(String(index), text))
  const fetching = fetchInputs(inputs, { engine: { blobs: store } as unknown as EnginePorts }, { from: blobs })
  await assert.rejects(fetching, { code: "BLOB_NOT_FOUND" })
  assert.equal(seen.now, 0)
  assert.ok(seen.gets.length < 30, String(seen.gets.length))
})

test("bytes that are not those of the digest are never an input", async (t) => {
  const { store } = await openedBlobs(t)
  const engine = { blobs: store } as unknown as EnginePorts
  const lying: RemoteBlobs = { ...remote([]).blobs, get: () => chunks("forged") }
  await assert.rejects(fetchInputs([input("a", "wanted")], { engine }, { from: lying }), {
    code: "BLOB_DIGEST_MISMATCH",
  })
  assert.equal(await store.locate(digestOf("wanted")), undefined)
})
