import assert from "node:assert/strict"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, describe, it } from "node:test"
import { openImage, openImageTar } from "../../src/images/index.ts"
import { makeTar, type TestEntry } from "./support/make-tar.ts"
import { textOf } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"

/** More than have their digests in memory, and one of those that have them in the scratch file. */
const FILES = 83_000
const FAR = 70_000

describe("An image of very many files", () => {
  const folder = temporaryFolder({ after })
  const path = join(folder, "many.tar")

  it("is the same tree with a scratch file as without, twice read, and leaves nothing behind", async () => {
    // Names that come in another order than they are listed in.
    const entries = Array.from(
      { length: FILES },
      (_, index): TestEntry => ({ path: `f${(index * 7919) % FILES}`, body: `${index % 1000}` }),
    )
    const tar = makeTar(entries)
    writeFileSync(path, tar)
    const temporary = temporaryFolder({ after })
    const inMemory = await openImageTar(
      { open: () => inPieces(tar), sizeBytes: tar.length },
      { kind: "tar", reference: "many" },
    ).scan()

    const image = await openImage(path, { temporaryFolder: temporary })
    const scan = await image.scan()
    assert.equal(scan.tree, inMemory.tree)
    assert.equal(scan.entries, FILES)
    assert.equal(await textOf(scan.listing()), await textOf(inMemory.listing()))
    // The second reading holds each body against its digest.
    for await (const _ of image.tar(scan));
    assert.deepEqual(readdirSync(temporary), [])

    const view = (await image.scan({ keepHeads: true })).view()
    await image.close()
    assert.deepEqual(view.find("f1"), inMemory.view().find("f1"))
    assert.equal([...view.entries()].length, FILES)
  })

  it("is found out when one file far behind is not what it was", async () => {
    const entries = Array.from({ length: FILES }, (_, index): TestEntry => ({ path: `f${index}`, body: "same" }))
    writeFileSync(path, makeTar(entries))
    const image = await openImage(path, { temporaryFolder: temporaryFolder({ after }) })
    try {
      const scan = await image.scan()
      entries[FAR] = { path: `f${FAR}`, body: "else" }
      writeFileSync(path, makeTar(entries))
      await assert.rejects(
        async () => {
          for await (const _ of image.tar(scan));
        },
        { code: "IMAGE_CHANGED" },
      )
    } finally {
      await image.close()
    }
  })
})

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 1024 * 1024) yield bytes.subarray(start, start + 1024 * 1024)
}
