import assert from "node:assert/strict"
import { test } from "node:test"
import { blobKey, listedBlob } from "./keys.ts"

const HEX = "ab".repeat(32)

test("a blob's key is read back as the blob", () => {
  const key = blobKey("lab/", `sha256:${HEX}`)
  assert.equal(key, `lab/blobs/sha256/${HEX}`)
  assert.deepEqual(listedBlob("lab/", { Key: key, Size: 7 }), { digest: `sha256:${HEX}`, sizeBytes: 7 })
})

test("what is no blob of this store is not taken for one", () => {
  for (const Key of [
    `blobs/sha256/${HEX}`,
    `lab/blobs/sha256/${HEX}.old`,
    `lab/blobs/sha256/x/${HEX}`,
    `lab/blobs/sha256/${HEX.toUpperCase()}`,
    `lab/incoming/${HEX}`,
    undefined,
  ]) {
    assert.equal(listedBlob("lab/", { Key, Size: 7 }), undefined, Key)
  }
})
