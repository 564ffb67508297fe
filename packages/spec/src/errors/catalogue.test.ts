import assert from "node:assert/strict"
import { test } from "node:test"
import { CATALOGUE, RETIRED_CODES } from "./catalogue.ts"
import { ARCHIVE_CODES } from "./codes/archive.ts"
import { BUILD_CODES } from "./codes/build.ts"
import { BUNDLE_CODES } from "./codes/bundle.ts"
import { CATALOGUE_CODES } from "./codes/catalogue.ts"
import { DATA_CODES } from "./codes/data.ts"
import { EXECUTION_CODES } from "./codes/execution.ts"
import { IMAGE_CODES } from "./codes/image.ts"
import { IMPORT_CODES } from "./codes/import.ts"
import { JOB_CODES } from "./codes/job.ts"
import { MANIFEST_CODES } from "./codes/manifest.ts"
import { PEOPLE_CODES } from "./codes/people.ts"
import { PROGRAM_CODES } from "./codes/program.ts"
import { QUEUE_CODES } from "./codes/queue.ts"
import { RULES_CODES } from "./codes/rules.ts"
import { SERVER_CODES } from "./codes/server.ts"
import { STORE_CODES } from "./codes/store.ts"
import { WORKFLOW_CODES } from "./codes/workflow.ts"
import { GeartrainError, isGeartrainError } from "./geartrain-error.ts"

const AREAS = [
  MANIFEST_CODES,
  IMAGE_CODES,
  BUILD_CODES,
  STORE_CODES,
  JOB_CODES,
  ARCHIVE_CODES,
  EXECUTION_CODES,
  CATALOGUE_CODES,
  BUNDLE_CODES,
  PROGRAM_CODES,
  SERVER_CODES,
  RULES_CODES,
  QUEUE_CODES,
  PEOPLE_CODES,
  DATA_CODES,
  WORKFLOW_CODES,
  IMPORT_CODES,
]

test("every code is in one area only, and none was in use before", () => {
  const codes = AREAS.flatMap((area) => Object.keys(area))
  assert.equal(new Set(codes).size, codes.length)
  assert.deepEqual(codes.toSorted(), Object.keys(CATALOGUE).toSorted())
  for (const code of codes) assert.equal(RETIRED_CODES.includes(code), false, code)
})

test("every code says what is the case, and what the API answers with", () => {
  for (const [code, { title, http }] of Object.entries(CATALOGUE)) {
    assert.match(code, /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/)
    assert.match(title, /^[A-Z].*[^.]$/, code)
    assert.ok(http >= 400 && http < 600, code)
  }
})

test("an error knows whose fault it is, and whether to try again", () => {
  const error = new GeartrainError("CAPABILITY_MISSING", "Cannot run", { hint: "Grant it", details: { a: 1 } })
  assert.equal(error.name, "GeartrainError")
  assert.deepEqual([error.fault, error.retry, error.hint, error.details], ["user", "elsewhere", "Grant it", { a: 1 }])
  assert.deepEqual(new GeartrainError("USAGE", "x").details, {})
})

test("a cause is kept, and is absent where there is none", () => {
  const cause = new RangeError("no")
  assert.equal(new GeartrainError("USAGE", "x", { cause }).cause, cause)
  assert.equal("cause" in new GeartrainError("USAGE", "x"), false)
})

test("an error is known by its brand, also when another copy of the package made it", () => {
  const error = new GeartrainError("USAGE", "x")
  assert.equal(isGeartrainError(error), true)
  assert.equal(isGeartrainError(error, "USAGE"), true)
  assert.equal(isGeartrainError(error, "MANIFEST_INVALID"), false)
  const foreign = Object.assign(new Error("x"), { [Symbol.for("geartrain.error/1")]: true, code: "USAGE" })
  assert.equal(isGeartrainError(foreign, "USAGE"), true)
  for (const other of [null, undefined, "x", new Error("x"), { code: "USAGE" }])
    assert.equal(isGeartrainError(other), false)
})
