import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { cutParts } from "./cut-parts.ts"

/** What came, and how it was cut; parts are given back when so many others have come. */
async function cut(chunks: readonly Uint8Array[], sizeOf: (number: number) => number, keep = 0) {
  const held: { readonly release: () => void; readonly bytes: Uint8Array; readonly was: string }[] = []
  const found: { readonly number: number; readonly text: string; readonly isLast: boolean }[] = []
  for await (const { number, bytes, isLast, release } of cutParts(source(chunks), sizeOf)) {
    const text = Buffer.from(bytes).toString("latin1")
    found.push({ number, text, isLast })
    held.push({ release, bytes, was: text })
    if (held.length > keep) {
      const oldest = held.shift()
      assert.equal(
        Buffer.from(oldest?.bytes ?? []).toString("latin1"),
        oldest?.was,
        "bytes changed before they were given back",
      )
      oldest?.release()
    }
  }
  return found
}

/** Fills one and the same buffer again and again. */
async function* source(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(0, ...chunks.map((chunk) => chunk.length)))
  for (const chunk of chunks) {
    buffer.set(chunk)
    yield buffer.subarray(0, chunk.length)
  }
}

const text = (value: string): Uint8Array => Buffer.from(value)

test("a source without bytes is one empty part", async () => {
  assert.deepEqual(await cut([], () => 4), [{ number: 1, text: "", isLast: true }])
  assert.deepEqual(await cut([text(""), text("")], () => 4), [{ number: 1, text: "", isLast: true }])
})

test("a source that fills its parts exactly has no empty part at its end", async () => {
  assert.deepEqual(await cut([text("abcd"), text("efgh"), text("")], () => 4), [
    { number: 1, text: "abcd", isLast: false },
    { number: 2, text: "efgh", isLast: true },
  ])
})

test("however bytes come and however large parts are, all come out in order, and none changes before it is given back", async () => {
  const chunk = fc.uint8Array({ maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 3 }),
      async (chunks, size, keep) => {
        const sizeOf = (number: number): number => (number > 3 ? 2 * size : size)
        const parts = await cut(chunks, sizeOf, keep)
        assert.equal(parts.map((part) => part.text).join(""), Buffer.concat(chunks).toString("latin1"))
        for (const [index, part] of parts.entries()) {
          assert.equal(part.number, index + 1)
          assert.equal(part.isLast, index === parts.length - 1)
          if (!part.isLast) assert.equal(part.text.length, sizeOf(part.number))
        }
      },
    ),
  )
})

test("an error of the source comes through", async () => {
  const parts = cutParts(
    (async function* () {
      yield text("abc")
      throw new RangeError("the source broke")
    })(),
    () => 2,
  )
  await assert.rejects(async () => {
    for await (const part of parts) part.release()
  }, new RangeError("the source broke"))
})
