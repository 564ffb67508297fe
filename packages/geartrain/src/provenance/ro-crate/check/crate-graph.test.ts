import assert from "node:assert/strict"
import { test } from "node:test"
import type { CrateEntity } from "../crate.ts"
import { crateGraph, hasType, idsIn, isSaid, valuesOf, withType } from "./crate-graph.ts"
import { eachRule, rootRule } from "./crate-rule.ts"

function graph(...entities: readonly object[]) {
  return crateGraph(entities as readonly CrateEntity[])
}

const ROOT = { "@id": "./", "@type": "Dataset" }
const DESCRIPTOR = { "@id": "ro-crate-metadata.json", "@type": "CreativeWork", about: { "@id": "./" } }

test("one value and a list of one are the same, and nothing is no value", () => {
  assert.deepEqual(valuesOf("a"), ["a"])
  assert.deepEqual(valuesOf(["a"]), ["a"])
  assert.deepEqual([valuesOf(undefined), valuesOf(null)], [[], []])
  assert.deepEqual(idsIn([{ "@id": "a" }, "b", { "@id": 7 }, null, { "@id": "c" }]), ["a", "c"])
})

test("the root is what the descriptor is about, whichever name the descriptor has", () => {
  for (const name of ["ro-crate-metadata.json", "ro-crate-metadata.jsonld"])
    assert.equal(graph(ROOT, { ...DESCRIPTOR, "@id": name }).root?.["@id"], "./")
  const elsewhere = { ...DESCRIPTOR, "@id": "other.json", conformsTo: { "@id": "https://w3id.org/ro/crate/1.2" } }
  assert.equal(graph(ROOT, elsewhere).root?.["@id"], "./")
})

test("without a descriptor, or with one about nothing that is there, there is no root", () => {
  assert.equal(graph(ROOT).root, undefined)
  assert.equal(graph(DESCRIPTOR).root, undefined)
  assert.equal(graph(ROOT, { "@id": "ro-crate-metadata.json" }).root, undefined)
})

test("profiles of runs are known by their families, whatever their version", () => {
  const of = (...ids: readonly string[]) => [
    ...graph(DESCRIPTOR, { ...ROOT, conformsTo: ids.map((id) => ({ "@id": id })) }).profiles,
  ]
  assert.deepEqual(of("https://w3id.org/ro/wfrun/process/0.1", "https://w3id.org/ro/wfrun/provenance/9"), [
    "process",
    "provenance",
  ])
  assert.deepEqual(of("https://w3id.org/ro/wfrun/other/1", "https://example.org/process/0.5"), [])
})

test("an entity is of each of its types", () => {
  const both = { "@id": "w", "@type": ["File", "ComputationalWorkflow"] }
  const found = graph(DESCRIPTOR, ROOT, both)
  assert.deepEqual(
    withType(found, "File").map((entity) => entity["@id"]),
    ["w"],
  )
  assert.ok(hasType(both as CrateEntity, "Dataset", "File"))
  assert.ok(!hasType(undefined, "File"))
})

test("a blank text says nothing; a reference and a number do", () => {
  for (const value of [undefined, null, "", " \n", [], ["", " "]]) assert.ok(!isSaid(value), JSON.stringify(value))
  for (const value of ["a", ["", "a"], { "@id": "x" }, 0]) assert.ok(isSaid(value), JSON.stringify(value))
})

test("a rule tells the entities that break it; one about the root is silent where there is no root", () => {
  const said = { id: "x/named", level: "must", says: "has a name" } as const
  const isNamed = (entity: CrateEntity) => isSaid(entity["name"])
  const found = graph(DESCRIPTOR, ROOT, { "@id": "a", "@type": "File", name: "A" }, { "@id": "b", "@type": "File" })
  const files = eachRule({ ...said, about: (of) => withType(of, "File"), keeps: isNamed })
  assert.deepEqual(
    files.broken(found).map((entity) => entity?.["@id"]),
    ["b"],
  )
  const root = rootRule({ ...said, keeps: isNamed })
  assert.equal(root.broken(found).length, 1)
  assert.equal(root.broken(graph(ROOT)).length, 0)
})
