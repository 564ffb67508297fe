import assert from "node:assert/strict"
import { test } from "node:test"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { holdBlobs } from "./hold-blobs.ts"

test("what is held again is held from now on, and a size that nobody knows takes none away", async (context) => {
  const { read, write } = await memoryDatabase(context)
  const digest = `sha256:${"a".repeat(64)}`
  const other = `sha256:${"b".repeat(64)}`
  await write(({ sql }) => sql.insertInto("blobs").values({ digest, size_bytes: 7, held_ms: 1 }).execute())
  await write(({ sql }) => sql.insertInto("blobs").values({ digest: other, size_bytes: 9, held_ms: 1 }).execute())
  const row = async (of: string) =>
    read.selectFrom("blobs").select(["size_bytes", "held_ms"]).where("digest", "=", of).executeTakeFirst()
  await holdBlobs(read, [{ digest, sizeBytes: 0 }])
  assert.equal((await row(digest))?.size_bytes, 7)
  assert.ok(Number((await row(digest))?.held_ms) > 1)
  await holdBlobs(read, [
    { digest, sizeBytes: 8 },
    { digest, sizeBytes: 0 },
  ])
  assert.equal((await row(digest))?.size_bytes, 8)
  assert.deepEqual({ ...(await row(other)) }, { size_bytes: 9, held_ms: 1 })
  await holdBlobs(read, [])
})
