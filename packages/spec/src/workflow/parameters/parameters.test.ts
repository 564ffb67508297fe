import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "../../errors/geartrain-error.ts"
import type { WorkflowParameter } from "../workflow.ts"
import { wantedOf } from "./parameter-problem.ts"
import { readParameters, readParameterTexts } from "./read-parameters.ts"

const PARAMETERS: Readonly<Record<string, WorkflowParameter>> = {
  k: { type: "integer", minimum: 1, maximum: 31, default: 21 },
  part: { type: "number", default: 0.5 },
  fast: { type: "boolean", default: false },
  mode: { type: "string", enum: ["a", "b"], default: "a" },
  sizes: { type: "list", minimum: 0, default: [] },
}
const WORKFLOW = { name: "w", parameters: PARAMETERS }

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    assert.ok(isGeartrainError(error, "WORKFLOW_PARAMETERS_INVALID"), String(error))
    return error.message
  }
  throw new assert.AssertionError({ message: "nothing was thrown" })
}

test("defaults are filled in, in the order of the document", () => {
  assert.deepEqual(Object.entries(readParameters(WORKFLOW, { sizes: [1], k: 3 })), [
    ["k", 3],
    ["part", 0.5],
    ["fast", false],
    ["mode", "a"],
    ["sizes", [1]],
  ])
  assert.deepEqual(readParameters({ name: "w" }, {}), {})
})

test("texts of a command line become what the parameter is", () => {
  const texts = ["k=3", "part=1e-2", "fast", "mode=b", "sizes=1,2.5"]
  assert.deepEqual(readParameterTexts(WORKFLOW, texts), { k: 3, part: 0.01, fast: true, mode: "b", sizes: [1, 2.5] })
  assert.deepEqual(readParameterTexts(WORKFLOW, ["fast=no", "sizes=", "k=1", "k=2"]), {
    k: 2,
    part: 0.5,
    fast: false,
    mode: "a",
    sizes: [],
  })
  const mixed = { name: "w", parameters: { names: { type: "list" }, text: { type: "string" } } } as const
  assert.deepEqual(readParameterTexts(mixed, ['names=a,"b",3', "text=x=y"]), { names: ["a", "b", 3], text: "x=y" })
  assert.deepEqual(readParameterTexts(mixed, ['names=["a,b"]', "text="]), { names: ["a,b"], text: "" })
})

test("all that is wrong is told at once", () => {
  const workflow = { name: "w", parameters: { ...PARAMETERS, must: { type: "integer" } } } as const
  assert.equal(
    refusal(() => readParameterTexts(workflow, ["k=x", "fsat=1", "mode=c", "part", "sizes=[-1]"])),
    `Cannot run workflow "w": 6 things are wrong with its parameters
  parameter "k": found "x", wanted an integer from 1 to 31
  there is no parameter "fsat": write "fast"
  parameter "part" is named without a value: write part=VALUE
  parameter "mode": found "c", wanted one of "a", "b"
  parameter "sizes": found [-1], wanted a list, each item at least 0
  parameter "must" has no default: set it to an integer`,
  )
  assert.equal(
    refusal(() => readParameters(WORKFLOW, { k: 99 })),
    'Cannot run workflow "w": parameter "k": found 99, wanted an integer from 1 to 31',
  )
  assert.match(
    refusal(() => readParameters(workflow, {})),
    /"must" has no default/,
  )
})

test("what cannot be recorded is no value", () => {
  assert.match(
    refusal(() => readParameters({ name: "w", parameters: { a: { type: "string" } } }, { a: "\ud800" })),
    /parameter "a": it /,
  )
})

test("what is wanted is told in words", () => {
  assert.equal(wantedOf({ type: "list" }), "a list")
  assert.equal(wantedOf({ type: "list", enum: ["x", "y"] }), 'a list of "x", "y"')
})
