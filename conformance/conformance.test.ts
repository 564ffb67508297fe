import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { test } from "node:test"
import { parseJson } from "@geartrain/spec"
import { pythonJson, withNumberTexts } from "./runner/python-json.ts"
import { CORPUS, knownDeviations, runConformance } from "./runner/run-all.ts"

const skip = existsSync(CORPUS) ? false : "needs the public corpus of gear manifests beside the checkout"

test("our own cases come out as written, and every deviation from the reference is known and still one", () => {
  const { sets, unknown, stale } = runConformance("/nowhere")
  assert.deepEqual(unknown, [])
  assert.deepEqual(stale, [])
  assert.equal(sets.length, 1)
  assert.ok((sets[0]?.cases ?? 0) > 100)
})

test("the public corpus comes out as the reference has it", { skip }, () => {
  const { sets, unknown, stale } = runConformance()
  assert.deepEqual(unknown, [])
  assert.deepEqual(stale, [])
  assert.equal(sets.length, 6)
  for (const { set, cases } of sets) assert.ok(cases > 10, set)
})

test("every known deviation has its reason", () => {
  for (const { set, name, reason } of knownDeviations())
    assert.ok(set !== "" && name !== "" && reason.length > 20, name)
})

test("JSON is written as Python writes it, numbers as they stood", () => {
  const read = parseJson(
    '{"b": [1, 1.0, 1e2, 0.00001, 1e16, -0, -0.0, 12345678901234567], "a": "é😀", "required": ["z", "y"]}',
  )
  assert.ok(!read.ok && read.meant !== undefined)
  // Printed by Python 3.11: json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")), with "required" sorted.
  assert.equal(
    pythonJson(withNumberTexts(read.meant)),
    '{"a":"\\u00e9\\ud83d\\ude00","b":[1,1.0,100.0,1e-05,1e+16,0,-0.0,12345678901234567],"required":["y","z"]}',
  )
})
