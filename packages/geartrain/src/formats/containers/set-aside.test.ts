import assert from "node:assert/strict"
import { test } from "node:test"
import { readWhole } from "../streams/read-whole.ts"
import { SetAside } from "./set-aside.ts"

test("What was set aside is read again, as often as one likes and from any place", async () => {
  const aside = new SetAside(10)
  try {
    const first = await aside.begin("first")
    await first.append(Buffer.from("abc"))
    await first.append(Buffer.from("def"))
    const kept = first.end()
    const tooLarge = await aside.begin("large")
    await tooLarge.append(Buffer.from("123"))
    await tooLarge.append(Buffer.from("45678"))
    assert.equal(tooLarge.end(), undefined)
    const last = await aside.begin("last")
    await last.append(Buffer.from("ghij"))
    const empty = (await aside.begin("empty")).end()
    for (let time = 0; time < 2; time += 1) {
      assert.equal(String(await contentOf(kept?.chunks())), "abcdef")
      assert.equal(String(await contentOf(last.end()?.chunks())), "ghij")
    }
    assert.equal(String(await contentOf(kept?.part?.(2, 100))), "cdef")
    assert.equal((await contentOf(empty?.chunks()))?.length, 0)
  } finally {
    await aside.close()
  }
})

async function contentOf(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  return chunks && (await readWhole(chunks, 10))
}
