import assert from "node:assert/strict"
import { test } from "node:test"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import { jobProv } from "./job-prov.ts"

const MAKER = job(1, {
  state: "complete",
  started: "2026-01-01T00:00:01.000Z",
  ended: "2026-01-01T00:00:02.000Z",
  outputs: [{ path: "sub/t.csv", digest: digest(9), sizeBytes: 3 }],
  exit: { code: 0 },
})
const READER = job(2, {
  state: "complete",
  invocation: {
    ...job(2).invocation,
    inputs: { table: { base: "file", name: "t.csv", digest: digest(9), object: {} } },
  },
})

test("a file that one job made and another read is one entity, so that the chain hangs together", () => {
  const { used, wasGeneratedBy, entity } = jobProv([MAKER, READER])
  const made = wasGeneratedBy[`_:made-${MAKER.id}-sub%2Ft.csv`]
  const read = used[`_:used-${READER.id}-input-table`]
  assert.equal(made?.["prov:entity"], `blob:${"9".padStart(64, "0")}`)
  assert.equal(made?.["prov:entity"], read?.["prov:entity"])
  assert.ok(String(made?.["prov:entity"]) in entity)
})

test("every relation names things that are in the document, and every prefix is declared", () => {
  const document = jobProv([MAKER, READER], { name: "A. Author" })
  const known = { ...document.entity, ...document.activity, ...document.agent }
  const relations = [document.used, document.wasGeneratedBy, document.wasAssociatedWith].flatMap((one) =>
    Object.values(one),
  )
  for (const relation of relations)
    for (const role of ["prov:entity", "prov:activity", "prov:agent", "prov:plan"] as const) {
      const name = relation[role]
      if (name !== undefined) assert.ok(String(name) in known, String(name))
    }
  for (const name of Object.keys(known)) assert.ok((name.split(":")[0] ?? "") in document.prefix, name)
  assert.equal(Object.keys(document.agent).length, 2)
})
