import assert from "node:assert/strict"
import { test } from "node:test"
import { faultyCatalogues } from "../fakes/faulty-catalogues.ts"
import { memoryCatalogue } from "../fakes/memory-catalogue.ts"
import { catalogueLaws } from "./catalogue-backend.ts"
import { checkLaw, keepsLaws } from "./law.ts"

keepsLaws(test, "memory", {
  laws: catalogueLaws,
  open: async () => ({ port: memoryCatalogue(), close: async () => {} }),
})

/** Ids of the laws that each faulty catalogue breaks. */
const broken = new Map<string, ReadonlySet<string>>()
for (const [fault, open] of Object.entries(faultyCatalogues)) {
  test(`a catalogue that ${fault} breaks a law`, async () => {
    const ids = new Set<string>()
    for (const law of catalogueLaws) {
      await checkLaw(law, async () => ({ port: open(), close: async () => {} })).catch(() => ids.add(law.id))
    }
    broken.set(fault, ids)
    assert.notEqual(ids.size, 0)
  })
}

for (const law of catalogueLaws) {
  test(`a faulty catalogue is caught by ${law.id}`, () => {
    assert.ok([...broken.values()].some((ids) => ids.has(law.id)))
  })
}

test("laws have ids of their own", () => {
  assert.equal(new Set(catalogueLaws.map(({ id }) => id)).size, catalogueLaws.length)
})
