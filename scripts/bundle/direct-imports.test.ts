import assert from "node:assert/strict"
import { test } from "node:test"
import { directImports, doorsOf } from "./direct-imports.ts"

const DOORS = new Map([
  [
    "spec",
    new Map([
      ["a", "/spec/a.ts"],
      ["b", "/spec/b.ts"],
    ]),
  ],
])

test("things are imported from where they are, and types not at all", () => {
  const source = 'import {\n  a,\n  type T,\n  b as c,\n} from "spec"\nimport { a } from "other"\n'
  assert.equal(
    directImports(source, DOORS),
    'import { a } from "/spec/a.ts"; import { b as c } from "/spec/b.ts"\nimport { a } from "other"\n',
  )
})

test("an import with a name that the door has not is left as it is", () => {
  const source = 'import { a, x } from "spec"'
  assert.equal(directImports(source, DOORS), source)
})

test("types alone are no import", () => {
  assert.equal(directImports('import { type T } from "spec"\n1', DOORS), "\n1")
})

test("every door of the specification is known, with the files behind it", () => {
  const doors = doorsOf(`${import.meta.dirname}/../../packages/spec`)
  const home = (door: string, name: string): string => doors.get(door)?.get(name) ?? ""
  assert.match(home("@geartrain/spec", "parseManifest"), /\/packages\/spec\/src\/manifest\/parse-manifest\.ts$/)
  assert.match(home("@geartrain/spec", "GeartrainError"), /\/errors\/geartrain-error\.ts$/)
  assert.match(home("@geartrain/spec/schemas", "JOB_RECORD_SCHEMA"), /\/published\/job-record-schema\.ts$/)
})
