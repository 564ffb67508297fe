import assert from "node:assert/strict"
import { test } from "node:test"
import { exactBytes } from "./exact-bytes.ts"
import { gatherChunks } from "./gather-chunks.ts"

test("small pieces are put together and large ones are handed on, with the same bytes, also where a buffer is used again", async () => {
  const reused = Buffer.alloc(100)
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for (let index = 0; index < 1000; index++) yield reused.fill(index)
    yield Buffer.alloc(200_000, "x")
    yield Buffer.from("end")
  }
  const sizes: number[] = []
  const all: Buffer[] = []
  for await (const piece of gatherChunks(pieces())) {
    sizes.push(piece.length)
    all.push(Buffer.from(piece))
  }
  assert.deepEqual(sizes, [65_500, 34_500, 200_000, 3])
  const bytes = Buffer.concat(all)
  for (let index = 0; index < 1000; index++) assert.equal(bytes[index * 100], index % 256)
  assert.equal(bytes.toString("latin1", bytes.length - 3), "end")
})

test("of more bytes than promised none is handed on, and fewer are an error", async () => {
  const member = (sizeBytes: number) => ({
    ...{ name: "a", sizeBytes },
    async *bytes() {
      yield Buffer.from("abc")
      yield Buffer.from("def")
    },
  })
  const read = async (sizeBytes: number): Promise<string> => {
    let text = ""
    try {
      for await (const chunk of exactBytes(member(sizeBytes))) text += Buffer.from(chunk).toString()
    } catch (error) {
      return `${text}: ${(error as Error).message}`
    }
    return text
  }
  assert.equal(await read(6), "abcdef")
  assert.equal(await read(5), 'abc: "a" has more than its 5 bytes')
  assert.equal(await read(8), 'abcdef: "a" ends 2 bytes before its 8')
})
