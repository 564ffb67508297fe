import assert from "node:assert/strict"
import { test } from "node:test"
import { checkMembers, openDocuments } from "../../../src/compose/bundles/open-checked-bundle.ts"

/** Packed by Geartrain before there was a second version: a gear of a static program of 157 bytes, and a job of it. */
const RECORDED = new URL("recorded/version-1.gtz", import.meta.url).pathname

test("a bundle of the first version is opened and checked to its last byte", async () => {
  const opened = await openDocuments(RECORDED, {})
  try {
    assert.equal(opened.bundle.index.format, "geartrain-bundle/1")
    assert.ok(opened.bundle.index.members.every(({ digest }) => digest !== undefined))
    await checkMembers(opened)
    assert.deepEqual(
      opened.gears.map(({ id }) => id),
      ["sha256:4a0066d70e93d7ae7e59257a235e6a0b6e05a5f0d87bedb6d1f55fe07f7aeb9e"],
    )
    assert.deepEqual(
      opened.records.map(({ id, state }) => [id, state]),
      [["663e34fb0b59c804ef6816cb", "complete"]],
    )
  } finally {
    await opened.bundle.close()
  }
})
