import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { GearManifest, JobRecord } from "@geartrain/spec"
import { AnswerBook, resultOf } from "./answer-book.ts"

const manifest = {
  ...{ config: {}, inputs: {} },
  custom: { geartrain: { compare: [{ files: ["*.txt"], numbers: { absolute: 0.5 } }] } },
} as unknown as GearManifest

const blobs = memoryBlobStore()
/** Comparing asks for no more than a plain store has. */
const stores = { blobs } as unknown as Parameters<AnswerBook["numberOf"]>[1]

async function job(outputs: Readonly<Record<string, string>>, code = 0): Promise<JobRecord> {
  const files = []
  for (const [path, text] of Object.entries(outputs)) {
    const { digest } = await blobs.put(piecesOf(text))
    files.push({ path, digest, sizeBytes: text.length })
  }
  return { id: JSON.stringify(outputs), outputs: files, exit: { code } } as unknown as JobRecord
}

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

test("equal answers have one number, and others have the next", async () => {
  const book = new AnswerBook(manifest)
  const numbers = []
  for (const one of [await job({ a: "1" }), await job({ a: "2" }), await job({ a: "1" }), await job({ a: "1" }, 3)])
    numbers.push(await book.numberOf(one, stores))
  assert.deepEqual(numbers, [0, 1, 0, 2])
  assert.equal(book.isTolerant, false)
  assert.deepEqual(book.examples().length, 3)
})

test("what the manifest declares as free makes no other answer, and that it was needed is remembered", async () => {
  const book = new AnswerBook(manifest)
  assert.equal(await book.numberOf(await job({ "n.txt": "1.0\n" }), stores), 0)
  assert.equal(await book.numberOf(await job({ "n.txt": "1.2\n" }), stores), 0)
  assert.equal(book.isTolerant, true)
  assert.equal(await book.numberOf(await job({ "n.txt": "2.0\n" }), stores), 1)
})

test("a result is a digest over exit code, paths, bytes and what may be executed, in no order", async () => {
  const [one, other] = [await job({ a: "1", b: "2" }), await job({ b: "2", a: "1" })]
  assert.equal(resultOf(one), resultOf(other))
  const program = { ...one, outputs: one.outputs.map((file) => ({ ...file, executable: true as const })) }
  const renamed = await job({ a: "1", c: "2" })
  assert.equal(new Set([one, program, renamed, await job({ a: "1", b: "2" }, 1)].map(resultOf)).size, 4)
})
