import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonValue } from "../../json/json-value.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import { PIPELINE_SCHEMA } from "../pipeline-schema.ts"
import { WORKFLOW_SCHEMA } from "../workflow-schema.ts"
import { schemaFaults } from "./schema-faults.ts"

/** What is undefined is not there. */
function asJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

/** All that the schema refuses in a workflow of these members, each with its place. */
function faults(members: object): readonly string[] {
  const root = asJson({ workflow: 1, name: "w", steps: { a: { gear: "g" } }, ...members })
  return validateDraft04(WORKFLOW_SCHEMA, root).flatMap((violation) =>
    schemaFaults(violation, root).map(({ path, problem, fix }) => `/${path.join("/")}: ${problem} → ${fix}`),
  )
}

const step = (more: object) => ({ steps: { a: { gear: "g", ...more } } })

test("a member that is not known is renamed to the one that is near, else told with all that there are", () => {
  assert.deepEqual(faults({ descripton: "x" }), [
    '/descripton: "descripton" is not known here → Rename it to "description"',
  ])
  const [fault = ""] = faults(step({ retry: { attempts: 2, zebra: 1 } }))
  assert.match(fault, /^\/steps\/a\/retry\/zebra: "zebra" is not known here → Remove it; there are attempts, .* and /)
  assert.equal(faults({ one: 1, two: 2 }).length, 2)
})

test("what is missing is told by its name", () => {
  assert.deepEqual(faults({ name: undefined }), ['/: "name" is missing → Add "name"'])
  assert.deepEqual(faults(step({ retry: {} })), ['/steps/a/retry: "attempts" is missing → Add "attempts"'])
})

test("of several forms the one is told of that was meant, by what the value has", () => {
  assert.deepEqual(faults(step({ inputs: { x: { from: 5 } } })), [
    "/steps/a/inputs/x/from: found the number 5, wanted a string → Write a value of the type that is wanted",
  ])
  assert.deepEqual(faults(step({ inputs: { x: [] } })).length, 1)
  assert.match(
    faults(step({ inputs: { x: { file: "" } } }))[0] ?? "",
    /^\/steps\/a\/inputs\/x\/file: .* → Write something$/,
  )
  assert.match(
    faults(step({ config: { x: { text: 5 } } }))[0] ?? "",
    /^\/steps\/a\/config\/x\/text: found the number 5/,
  )
  assert.match(faults(step({ when: { not: { all: 5 } } }))[0] ?? "", /^\/steps\/a\/when\/not\/all: found the number 5/)
})

test("where none or two of the forms could be meant, all forms are told", () => {
  const forms: readonly (readonly [object, RegExp])[] = [
    [step({ inputs: { x: {} } }), /^\/steps\/a\/inputs\/x: an input says where its files come from/],
    [step({ inputs: { x: { from: "inputs.y", value: 1 } } }), /an input says where its files come from/],
    [
      step({ config: { x: { from: "parameters.k", text: "t" } } }),
      /a value is a text, a number, true, false or a list/,
    ],
    [step({ when: { all: [], any: [] } }), /a condition is an object with one of all, any, not, value and exists/],
    [step({ scatter: { over: { x: 5 } } }), /a scatter goes over a list, or over what a source gives/],
    [{ steps: { a: { gear: "g", workflow: "w" } } }, /^\/steps\/a: a step has either a gear or a workflow/],
    [{ steps: { a: {} } }, /a step has either a gear or a workflow/],
    [{ steps: { a: 5 } }, /a step has either a gear or a workflow/],
  ]
  for (const [members, told] of forms) assert.match(faults(members).join("\n"), told, JSON.stringify(members))
})

test("bounds are told with what to do about them", () => {
  assert.match(faults(step({ retry: { attempts: 0 } }))[0] ?? "", /→ Write a larger number$/)
  assert.match(faults(step({ after: ["b", "b"] }))[0] ?? "", /→ Remove the item that is there twice$/)
  assert.match(faults(step({ description: 5 }))[0] ?? "", /→ Write a value of the type that is wanted$/)
  assert.match(faults({ steps: {} })[0] ?? "", /^\/steps: there is no step → Add one$/)
  assert.match(faults(step({ scatter: { over: {} } }))[0] ?? "", /→ Add one$/)
  assert.match(faults({ name: "-a" })[0] ?? "", /→ Begin with a letter or a digit/)
})

test("a word that is not in its list becomes the one that is near, else all are told", () => {
  assert.match(faults(step({ network: "outbund" }))[0] ?? "", /→ Write outbound$/)
  assert.match(faults({ inputs: { x: { takes: "zebra" } } })[0] ?? "", /→ Write file, files or folder$/)
  assert.match(faults({ workflow: 2 })[0] ?? "", /→ Write 1$/)
})

const PIPELINE = { pipeline: 1, name: "p", gear: "g", input: { folder: "./x", glob: "/*" } }

/** Keywords of the pipeline's schema that members break, each with its place. */
function broken(members: object): readonly string[] {
  return validateDraft04(PIPELINE_SCHEMA, asJson({ ...PIPELINE, ...members })).map(
    ({ path, keyword }) => `${keyword} ${path.join("/")}`,
  )
}

test("a pipeline has a version, a name, a gear and an input, and inputs within inputs are held to the same", () => {
  assert.deepEqual(broken({}), [])
  for (const name of Object.keys(PIPELINE)) assert.deepEqual(broken({ [name]: undefined }), ["required "], name)
  const deep = { cross: [{ union: [{ folder: "./x", glob: 5 }] }, { pipeline: "../up" }] }
  assert.deepEqual(broken({ input: deep }).toSorted(), [
    "pattern input/cross/1/pipeline",
    "type input/cross/0/union/0/glob",
  ])
  assert.deepEqual(broken({ input: { cross: [] } }), ["minItems input/cross"])
  assert.deepEqual(broken({ input: { archive: { server: "ftp://h" } } }).toSorted(), [
    ...["pattern input/archive/server", "required input/archive"],
  ])
})

test("amounts of a pipeline have bounds, at which they still hold", () => {
  const cases: readonly (readonly [object, object])[] = [
    [{ tries: 1 }, { tries: 0 }],
    [{ tries: 100 }, { tries: 101 }],
    [{ parallel: 1024 }, { parallel: 1025 }],
    [{ acceptExitCodes: [1, 255] }, { acceptExitCodes: [0] }],
    [{ resources: { gpu: 0 } }, { resources: { gpu: -1 } }],
    [{ resources: { cpus: 0.001 } }, { resources: { cpus: 0 } }],
    [{ name: "a".repeat(100) }, { name: "a".repeat(101) }],
    [{ recover: "drop" }, { recover: "keep" }],
    [{ recover: { gear: "g" } }, { recover: {} }],
  ]
  for (const [right, wrong] of cases) {
    assert.deepEqual(broken(right), [], JSON.stringify(right))
    assert.equal(broken(wrong).length, 1, JSON.stringify(wrong))
  }
})
