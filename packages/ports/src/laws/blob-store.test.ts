import assert from "node:assert/strict"
import { test } from "node:test"
import { faultyBlobStores } from "../fakes/faulty-blob-stores.ts"
import { memoryBlobStore } from "../fakes/memory-blob-store.ts"
import { blobStoreLaws } from "./blob-store.ts"
import { checkLaw, keepsLaws } from "./law.ts"

keepsLaws(test, "memory", {
  laws: blobStoreLaws,
  open: async () => ({ port: memoryBlobStore(), close: async () => {} }),
})

keepsLaws(test, "memory, reading and writing only", {
  laws: blobStoreLaws,
  open: async () => {
    const { list: _list, remove: _remove, ...port } = memoryBlobStore()
    return { port: { ...port, capabilities: { list: false, remove: false } }, close: async () => {} }
  },
})

/** Ids of the laws that each faulty store breaks. */
const broken = new Map<string, ReadonlySet<string>>()
for (const [fault, open] of Object.entries(faultyBlobStores)) {
  test(`a store that ${fault} breaks a law`, async () => {
    const ids = new Set<string>()
    for (const law of blobStoreLaws) {
      await checkLaw(law, async () => ({ port: open(), close: async () => {} })).catch(() => ids.add(law.id))
    }
    broken.set(fault, ids)
    assert.notEqual(ids.size, 0)
  })
}

for (const law of blobStoreLaws) {
  test(`a faulty store is caught by ${law.id}`, () => {
    assert.ok([...broken.values()].some((ids) => ids.has(law.id)))
  })
}

test("laws have ids of their own", () => {
  assert.equal(new Set(blobStoreLaws.map((law) => law.id)).size, blobStoreLaws.length)
})
