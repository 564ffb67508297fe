import assert from "node:assert/strict"
import { test } from "node:test"
import type { Workflow, WorkflowParameter, WorkflowStep } from "../workflow.ts"
import { globFaults, groupsOf } from "./check-globs.ts"
import { findNameFaults } from "./check-names.ts"
import { findParameterFaults } from "./check-parameters.ts"
import { findPolicyFaults } from "./check-policy.ts"
import { findSourceFaults } from "./check-source.ts"
import { findStepFaults } from "./check-step.ts"
import { isBroken, type StepScope } from "./step-scope.ts"
import { unknownFault, type WorkflowFault } from "./workflow-fault.ts"

const BASE: Workflow = { workflow: 1, name: "w", steps: { a: { gear: "g" } } }

const told = (faults: readonly WorkflowFault[]): readonly string[] =>
  faults.map(({ path, problem, fix }) => `${path.join("/")}: ${problem} → ${fix}`)

test("a pattern of paths is told where it breaks, and its groups are counted", () => {
  assert.deepEqual(globFaults("sub-*/(*).nii", ["x"]), [])
  const [fault] = globFaults("sub-[0-9", ["steps", "a"])
  assert.deepEqual(fault?.path, ["steps", "a"])
  assert.match(fault?.problem ?? "", /^the pattern "sub-\[0-9" is none: at 5, it has a \[ without \]$/)
  assert.equal(globFaults("(".repeat(2_000), []).length, 1)
  assert.deepEqual(["(*)_R(1|2)", "{a,b}", "@(a(b))", "(", ""].map(groupsOf), [2, 0, 2, 0, 0])
})

test("names are told apart from what sources and keys of jobs are made of", () => {
  const faulty = ["a.b", "a/b", "a[1]", "", "-a", "a b", "ä", "a".repeat(101), "__proto__", "1a"]
  for (const name of faulty) {
    const faults = findNameFaults({ ...BASE, inputs: Object.fromEntries([[name, {}]]) })
    assert.equal(faults.length, 1, name)
    assert.deepEqual(faults[0]?.path, ["inputs", name])
    assert.ok((faults[0]?.problem.length ?? 0) < 150)
  }
  for (const name of ["a", "A-1_b", "a".repeat(100), "constructor"])
    assert.deepEqual(findNameFaults({ ...BASE, parameters: { [name]: { type: "string" } } }), [], name)
  // A step may begin with a digit, and nothing else may.
  assert.deepEqual(findNameFaults({ ...BASE, steps: { "1a": { gear: "g" } } }), [])
  const over = { steps: { a: { gear: "g", scatter: { over: { "x.y": [1] } } } } }
  assert.deepEqual(findNameFaults({ ...BASE, ...over })[0]?.path, ["steps", "a", "scatter", "over", "x.y"])
})

test("what a parameter says of itself agrees", () => {
  const cases: readonly (readonly [WorkflowParameter, readonly string[]])[] = [
    [{ type: "integer", minimum: 1, maximum: 1, default: 1 }, []],
    [{ type: "list", enum: ["a", "b"], default: ["b"] }, []],
    [{ type: "string", minimum: 1, maximum: 2 }, ["parameters/p/minimum", "parameters/p/maximum"]],
    [{ type: "number", minimum: 2, maximum: 1, default: 9 }, ["parameters/p/minimum"]],
    [{ type: "integer", enum: [1, 1.5, 1] }, ["parameters/p/enum/1", "parameters/p/enum/2"]],
    [{ type: "integer", minimum: 1, default: 0 }, ["parameters/p/default"]],
    [{ type: "boolean", default: "true" }, ["parameters/p/default"]],
    [{ type: "string", enum: ["a"], default: "b" }, ["parameters/p/default"]],
    [{ type: "string", default: null as never }, ["parameters/p/default"]],
  ]
  for (const [parameter, paths] of cases) {
    const faults = findParameterFaults({ ...BASE, parameters: { p: parameter } })
    assert.deepEqual(
      faults.map(({ path }) => path.join("/")),
      paths,
      JSON.stringify(parameter),
    )
  }
  assert.deepEqual(findParameterFaults(BASE), [])
})

test("sizes, durations and tries are told where they make no sense", () => {
  assert.deepEqual(
    told(
      findPolicyFaults({
        ...BASE,
        steps: { a: { gear: "g", resources: { memory: "8 gigs", disk: "-1g", time: "soon" } } },
        defaults: { retry: { attempts: 1, grow: { memory: 2 } } },
        limits: { memory: "all" },
      }),
    ),
    [
      'steps/a/resources/memory: "8 gigs" is no size → Write it as 512m or 8g',
      'steps/a/resources/disk: "-1g" is no size → Write it as 512m or 8g',
      'steps/a/resources/time: "soon" is no duration → Write it as 90s, 30m or 2h30m',
      "defaults/retry/grow: nothing grows where there is one try only → Write attempts: 2 or more, or remove grow",
      'limits/memory: "all" is no size → Write it as 512m or 8g',
    ],
  )
})

test("a category that no step is of is told, unless a sub-workflow may have it", () => {
  const limits = { categories: { gpu: 1 } }
  const paths = (steps: Workflow["steps"], defaults = {}): readonly string[] =>
    findPolicyFaults({ ...BASE, steps, limits, defaults }).map(({ path }) => path.join("/"))
  assert.deepEqual(paths({ a: { gear: "g" } }), ["limits/categories/gpu"])
  assert.deepEqual(paths({ a: { gear: "g", category: "gpu" } }), [])
  assert.deepEqual(paths({ a: { gear: "g" } }, { category: "gpu" }), [])
  assert.deepEqual(paths({ a: { workflow: "./b.yaml" } }), [])
})

const SCOPE: StepScope = {
  workflow: { ...BASE, inputs: { one: {}, many: { takes: "files" } }, parameters: { k: { type: "integer" } } },
  broken: new Set(["steps.lost"]),
}

test("a source is held against what is there, and against what is wanted of it", () => {
  const cases: readonly (readonly [string, "input" | "value" | "output" | "scatter" | "exists", string | undefined])[] =
    [
      ["inputs.one", "input", undefined],
      ["inputs.one", "value", "gives files, and here is wanted a value"],
      ["inputs.one", "scatter", "is one file, and a scatter takes several"],
      ["inputs.many", "scatter", undefined],
      ["inputs.constructor", "input", 'there is no input "constructor"'],
      ["parameters.k", "value", undefined],
      ["parameters.k", "input", '"parameters.k" is a value, and here are wanted files'],
      ["parameters.k", "scatter", "is of type integer, and a scatter takes a list"],
      ["parameters.one", "value", 'there is no parameter "one"'],
      ["steps.a.out", "output", undefined],
      ["steps.a", "output", "names all files of a step"],
      ["steps.a", "exists", undefined],
      ["steps.__proto__.out", "input", 'there is no step "__proto__"'],
      ["steps.lost.out", "input", undefined],
      ["each.x", "value", "is an item of a scatter, and here is none"],
      ["", "input", "says not where it comes from"],
    ]
  for (const [from, of, problem] of cases) {
    const faults = findSourceFaults({ from, of, path: ["p", "from"] } as Parameters<typeof findSourceFaults>[0], SCOPE)
    assert.equal(faults.length, problem === undefined ? 0 : 1, `${from} as ${of}: ${told(faults).join()}`)
    if (problem !== undefined) assert.ok(faults[0]?.problem.includes(problem), `${from}: ${faults[0]?.problem}`)
    if (faults[0] !== undefined) assert.ok(faults[0].fix.length > 0)
  }
})

test("a name that could not be read is not said to be missing", () => {
  assert.equal(isBroken(SCOPE, "steps", "lost"), true)
  assert.equal(isBroken(SCOPE, "inputs", "lost"), false)
})

test("faults of a step are placed in the document", () => {
  const faults = (step: Partial<WorkflowStep>): readonly string[] =>
    told(findStepFaults("b", { gear: "g", ...step } as WorkflowStep, SCOPE))
  assert.deepEqual(faults({ after: ["a", "lost"] }), [])
  assert.deepEqual(faults({ after: ["x"] }), ['steps/b/after/0: there is no step "x" → Write one of "a"'])
  assert.match(faults({ scatter: { over: { x: [1], y: [2] } } })[0] ?? "", /^steps\/b\/scatter: it goes over 2 lists/)
  assert.match(
    faults({ scatter: { by: "zip", over: { x: [1], y: [2, 3] } } })[0] ?? "",
    /^steps\/b\/scatter\/over\/y: "y" has 2 items, and "x" has 1/,
  )
  assert.deepEqual(faults({ scatter: { by: "cross", over: { x: [1], y: [2, 3] } } }), [])
  assert.match(faults({ config: { c: `\${parameters.k}` } })[0] ?? "", /^steps\/b\/config\/c: .* letter by letter/)
  assert.match(
    faults({ config: { c: { text: `\${parameters.k` } } })[0] ?? "",
    /^steps\/b\/config\/c\/text: it has a \$\{/,
  )
  const value = "parameters.k"
  assert.match(
    faults({ when: { not: { value } } })[0] ?? "",
    /^steps\/b\/when\/not: it compares the value with nothing/,
  )
  assert.match(
    faults({
      when: {
        any: [
          { value, equals: 1 },
          { value, atLeast: 2, atMost: 1 },
        ],
      },
    })[0] ?? "",
    /^steps\/b\/when\/any\/1\/atLeast: nothing is at least 2 and at most 1/,
  )
  assert.match(faults({ when: { all: [{ value, fits: "[" }] } })[0] ?? "", /^steps\/b\/when\/all\/0\/fits: the pattern/)
})

test("of a name that is not there is said what was meant, or what there is", () => {
  assert.deepEqual(unknownFault(["x"], "step", { name: "algin", known: ["align", "sort"] }).fix, 'Write "align"')
  assert.match(
    unknownFault(["x"], "step", { name: "zzzzzz", known: ["align", "sort"] }).fix,
    /^Write one of .*align.*sort/,
  )
  assert.equal(unknownFault([], "step", { name: "a", known: [] }).fix, "Remove it, since there is none")
})
