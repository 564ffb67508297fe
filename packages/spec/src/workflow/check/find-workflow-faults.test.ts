import assert from "node:assert/strict"
import { test } from "node:test"
import type { InputSource, Workflow, WorkflowStep } from "../workflow.ts"
import { findWorkflowFaults } from "./find-workflow-faults.ts"

const BASE: Workflow = {
  workflow: 1,
  name: "w",
  parameters: { k: { type: "integer", default: 1 }, list: { type: "list", default: [1] } },
  inputs: { one: {}, many: { takes: "files" }, folder: { takes: "folder" } },
  steps: { first: { gear: "g" } },
}

function told(change: Partial<Workflow>): readonly string[] {
  return findWorkflowFaults({ ...BASE, ...change }).map(
    ({ path, problem, fix }) => `${path.join("/")}: ${problem} → ${fix}`,
  )
}

function toldOfStep(step: Partial<WorkflowStep>): readonly string[] {
  return told({ steps: { first: { gear: "g" }, b: { gear: "g", ...step } as WorkflowStep } })
}

function toldOfInput(x: InputSource, scatter?: WorkflowStep["scatter"]): readonly string[] {
  return toldOfStep({ inputs: { x }, ...(scatter === undefined ? {} : { scatter }) })
}

test("what is right has no faults", () => {
  assert.deepEqual(told({}), [])
  assert.deepEqual(toldOfInput({ from: "each.f" }, { over: { f: { from: "inputs.folder", glob: "(*).txt" } } }), [])
  assert.deepEqual(toldOfInput([{ from: "steps.first.o" }, { from: "steps.first", files: "*" }]), [])
})

test("a source that leads nowhere is told with what was meant", () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["first.out", '"first.out" says not where it comes from → Write steps.first.out'],
    ["step.first.out", '"step.first.out" says not where it comes from → Write steps.first.out'],
    ["one", '"one" says not where it comes from → Write inputs.one'],
    ["", '"" says not where it comes from → Write inputs.NAME, parameters.NAME, steps.STEP.OUTPUT or each.NAME'],
    ["inputs.mny", 'there is no input "mny" → Write "many"'],
    ["inputs.zzz", 'there is no input "zzz" → Write one of "one", "many", "folder"'],
    ["steps.frist.out", 'there is no step "frist" → Write "first"'],
    [
      "steps.first",
      '"steps.first" names all files of a step → Name an output, steps.first.OUTPUT, or pick files: files: "*.txt"',
    ],
    ["each.f", '"each.f" is an item of a scatter, and here is none → Name an input, a parameter or a step'],
    [
      "parameters.k",
      '"parameters.k" is a value, and here are wanted files → Name an input or an output of a step here; values go into the config',
    ],
    ["parameters.one", 'there is no parameter "one" → Write inputs.one'],
  ]
  for (const [from, fault] of wrong) assert.deepEqual(toldOfInput({ from }), [`steps/b/inputs/x/from: ${fault}`])
})

test("files are no values, and values no files", () => {
  assert.deepEqual(toldOfStep({ config: { c: { from: "inputs.one" } } } as Partial<WorkflowStep>), [
    'steps/b/config/c/from: "inputs.one" gives files, and here is wanted a value → Name a parameter or an item of the scatter here',
  ])
  assert.deepEqual(toldOfStep({ when: { value: "steps.first.x", equals: 1 } }), [
    'steps/b/when/value: "steps.first.x" gives files, and here is wanted a value → Ask whether they exist: exists: steps.first.x',
  ])
  assert.deepEqual(toldOfStep({ when: { exists: "parameters.k" } }), [
    'steps/b/when/exists: "parameters.k" is a value, and here are wanted files → Compare values with equals, in, atLeast, atMost or fits',
  ])
  assert.deepEqual(toldOfInput({ from: "each.v" }, { over: { v: [1, 2] } }), [
    'steps/b/inputs/x/from: "each.v" is a value, and here are wanted files → Name an input or an output of a step here; values go into the config',
  ])
})

test("a text has its slots closed, and values are put into nothing else", () => {
  const config = { a: { text: `\${each.f` }, b: `x-\${parameters.k}`, c: { text: `\${parameters.q}` }, d: `\${HOME}` }
  assert.deepEqual(toldOfStep({ config } as Partial<WorkflowStep>), [
    'steps/b/config/c/text: there is no parameter "q" → Write one of "k", "list"',
    `steps/b/config/a/text: it has a \${ that is not closed → Add }, or write $\${ for \${ itself`,
    `steps/b/config/b: "x-\${parameters.k}" is taken as it is, letter by letter → Write { text: "x-\${parameters.k}" } to have values put in`,
  ])
})

test("a scatter goes over several things, in a way that is said, and groups are those of its glob", () => {
  assert.deepEqual(toldOfStep({ scatter: { over: { a: { from: "inputs.one" } } } }), [
    'steps/b/scatter/over/a/from: input "one" is one file, and a scatter takes several → Say takes: files at the input "one", or read it without a scatter',
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: { from: "parameters.k" } } } }), [
    'steps/b/scatter/over/a/from: parameter "k" is of type integer, and a scatter takes a list → Say type: list at the parameter "k"',
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: [1], c: [2] } } }), [
    "steps/b/scatter: it goes over 2 lists, and says not how → Add by: zip for the first with the first, or by: cross for each with each",
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: [1], c: [2, 3] }, by: "zip" } }), [
    'steps/b/scatter/over/c: "c" has 2 items, and "a" has 1; zip takes the first with the first → Make them equally long, or write by: cross',
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: { from: "each.a" } } } }), [
    "steps/b/scatter/over/a/from: a scatter cannot go over its own items → Name an input, a parameter or a step",
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: { from: "parameters.list", glob: "*" } } } }), [
    'steps/b/scatter/over/a/glob: "parameters.list" gives values, which have no paths → Remove "glob"',
  ])
  assert.deepEqual(toldOfStep({ scatter: { over: { a: { from: "inputs.many", glob: "[" } } } }).length, 1)
  const over = { f: { from: "inputs.many", glob: "(*).txt" } }
  assert.deepEqual(toldOfStep({ scatter: { over }, when: { value: "each.f.2", fits: "a" } }), [
    'steps/b/when/value: "each.f.2" is what group 2 caught, and "f" has one group in its glob → Put what is wanted of the name into ( ) in the glob of the scatter',
  ])
  assert.deepEqual(toldOfInput({ from: "each.f.1" }, { over }).length, 1)
  assert.deepEqual(toldOfInput({ from: "each.g" }, { over }), [
    'steps/b/inputs/x/from: there is no item "g" → Write one of "f"',
  ])
})

test("conditions compare with something, and with what can be", () => {
  assert.deepEqual(toldOfStep({ when: { all: [{ any: [{ not: { value: "parameters.k" } }] }] } }), [
    "steps/b/when/all/0/any/0/not: it compares the value with nothing → Add equals, in, atLeast, atMost or fits",
  ])
  assert.deepEqual(toldOfStep({ when: { value: "parameters.k", atLeast: 3, atMost: 2 } }), [
    "steps/b/when/atLeast: nothing is at least 3 and at most 2 → Exchange them",
  ])
  assert.equal(toldOfStep({ when: { value: "parameters.k", fits: "(" } }).length, 1)
})

test("cycles are named in full, each once", () => {
  const step = (of: string): WorkflowStep => ({ gear: "g", inputs: { x: { from: `steps.${of}.o` } } })
  assert.deepEqual(told({ steps: { a: step("c"), b: step("a"), c: step("b"), d: { gear: "g", after: ["d"] } } }), [
    "steps/a: steps wait for each other: a → b → c → a → Take one of these connections out",
    'steps/d: step "d" waits for itself → Let it read of another step, or of an input',
  ])
})

test("parameters agree with themselves", () => {
  const parameters = {
    a: { type: "integer", default: "x" },
    b: { type: "string", minimum: 1 },
    c: { type: "number", minimum: 2, maximum: 1 },
    d: { type: "integer", enum: [1, "two", 1] },
    e: { type: "list", enum: ["x"], default: ["y"] },
    f: { type: "integer", minimum: 1, default: 0 },
  } as const
  assert.deepEqual(told({ parameters: { ...BASE.parameters, ...parameters } }), [
    'parameters/a/default: found "x", wanted an integer → Write an integer, or remove the default',
    "parameters/b/minimum: a string has no minimum → Remove it, or make the parameter an integer or a number",
    "parameters/c/minimum: the minimum 2 is above the maximum 1 → Exchange them",
    'parameters/d/enum/1: found "two", wanted an integer → Write an integer',
    "parameters/d/enum/2: 1 stands there twice → Remove one",
    'parameters/e/default: found ["y"], wanted a list of "x" → Write a list of "x", or remove the default',
    "parameters/f/default: found 0, wanted an integer at least 1 → Write an integer at least 1, or remove the default",
  ])
})

test("names are those that sources and keys of jobs can have", () => {
  const steps = {
    "a b": { gear: "g" },
    "a.b": { gear: "g" },
    "a/b": { gear: "g" },
    "a[0]": { gear: "g" },
    é: { gear: "g" },
    1: { gear: "g" },
  }
  assert.equal(told({ steps, outputs: { "1": { from: "steps.1.x" } } }).length, 6)
  assert.match(
    told({ steps })[0] ?? "",
    /^steps\/a b: "a b" cannot be a name → Rename it: a name begins with a letter or a digit/,
  )
})

test("sizes and times are read, tries are more than one where something grows, and categories are used", () => {
  assert.deepEqual(
    told({
      steps: {
        a: { gear: "g", resources: { memory: "lots", disk: "1g", time: "long" } },
        b: { gear: "g", category: "big" },
      },
      defaults: { retry: { attempts: 1, grow: { memory: 2 } } },
      limits: { memory: "x", categories: { big: 1, small: 2 } },
    }),
    [
      'steps/a/resources/memory: "lots" is no size → Write it as 512m or 8g',
      'steps/a/resources/time: "long" is no duration → Write it as 90s, 30m or 2h30m',
      "defaults/retry/grow: nothing grows where there is one try only → Write attempts: 2 or more, or remove grow",
      'limits/memory: "x" is no size → Write it as 512m or 8g',
      'limits/categories/small: no step is of category "small" → Say category: small at a step, or remove it',
    ],
  )
})

test("outputs are files of steps and of inputs", () => {
  assert.deepEqual(
    told({ outputs: { a: { from: "steps.none.x" }, b: { from: "parameters.k" }, c: { from: "inputs.one" } } }),
    [
      'outputs/a/from: there is no step "none" → Write one of "first"',
      'outputs/b/from: "parameters.k" is a value, and here are wanted files → Name an input or an output of a step here; values go into the config',
    ],
  )
})
