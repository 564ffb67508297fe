import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import type { Workflow } from "@geartrain/spec/workflow"
import { gearFace, typeOfPattern } from "./gear-face.ts"
import { workflowFace } from "./workflow-face.ts"

function face(members: Partial<GearManifest>) {
  const manifest = { name: "tool", version: "1", config: {}, inputs: {}, ...members } as unknown as GearManifest
  return gearFace({ manifest })
}

const additions = (geartrain: object) => ({ custom: { geartrain } }) as unknown as Partial<GearManifest>

test("what an input takes, and whether it has to be given, is what the manifest and its additions say", () => {
  const { inputs } = face({
    inputs: {
      scan: { base: "file" },
      many: { base: "file", optional: true },
      notes: { base: "context" },
      key: { base: "api-key" },
    },
    ...additions({ inputs: { many: { takes: "files" } } }),
  })
  assert.deepEqual(
    [...inputs].map(([name, { takes, isRequired }]) => `${name} ${takes} ${isRequired}`),
    ["scan file true", "many files false", "notes context false", "key key true"],
  )
})

test("an input of a type takes files of it; one of no type takes any", () => {
  const { inputs } = face({
    inputs: { typed: { base: "file", type: { enum: ["nifti", "dicom"] } }, free: { base: "file" } },
  })
  const [typed, free] = [inputs.get("typed"), inputs.get("free")]
  assert.deepEqual([typed?.fitsType("nifti"), typed?.fitsType("text")], [true, false])
  assert.equal(typed?.wantedType, '"nifti" or "dicom"')
  assert.deepEqual([free?.fitsType("text"), free?.wantedType], [true, undefined])
})

test("how many files an output gives, and of which types, is told as far as its patterns tell it", () => {
  const { outputs } = face(
    additions({
      outputs: {
        one: { files: ["a.nii.gz"] },
        some: { files: ["*.csv"] },
        two: { files: ["a.txt", "b.unknown"] },
        typed: { files: ["x"], type: "dicom" },
      },
    }),
  )
  assert.deepEqual(Object.fromEntries(outputs ?? []), {
    one: { count: "one", types: ["nifti"] },
    some: { count: "some", types: ["tabular data"] },
    two: { count: "some", types: undefined },
    typed: { count: "one", types: ["dicom"] },
  })
  assert.equal(face({}).outputs, undefined)
  assert.equal(typeOfPattern("dir.nii/x*"), undefined)
})

test("values that do not fit, and those that are missing, are told apart", () => {
  const { valueFaults } = face({
    config: { n: { type: "integer" }, list: { type: "array", items: { type: "number" } } },
  })
  const told = (values: Parameters<typeof valueFaults>[0]) =>
    valueFaults(values).map(({ name, path, isMissing }) => [name, path.join("."), isMissing])
  assert.deepEqual(told({ n: 1, list: [1] }), [])
  assert.deepEqual(told({ n: 1.5, list: [1, "x"] }), [
    ["n", "", false],
    ["list", "1", false],
  ])
  assert.deepEqual(told({ n: 1 }), [["list", "", true]])
})

const WORKFLOW = {
  name: "w",
  parameters: { k: { type: "integer", minimum: 1 }, word: { type: "string", default: "a" } },
  inputs: { reads: { takes: "files", type: "fastq" }, mask: { optional: true }, atlas: { default: "atlas.nii" } },
  steps: {},
} as unknown as Workflow

test("a sub-workflow looks like a gear from outside: inputs, and parameters for its config", () => {
  const { what, values, inputs, items } = workflowFace(WORKFLOW, new Map())
  assert.deepEqual([what, values, [...items.keys()]], ['workflow "w"', "parameters", ["k", "word"]])
  assert.deepEqual(
    [...inputs].map(([name, { takes, isRequired }]) => `${name} ${takes} ${isRequired}`),
    ["reads files true", "mask file false", "atlas file false"],
  )
  assert.deepEqual([inputs.get("reads")?.fitsType("fastq"), inputs.get("reads")?.fitsType("bam")], [true, false])
  assert.ok(inputs.get("mask")?.fitsType("anything"))
})

test("a parameter without default has to be set, and to what it may be", () => {
  const { valueFaults } = workflowFace(WORKFLOW, new Map())
  assert.deepEqual(
    valueFaults({}).map(({ name, isMissing }) => [name, isMissing]),
    [["k", true]],
  )
  assert.deepEqual(
    valueFaults({ k: 0, word: 7 }).map(({ name, isMissing }) => [name, isMissing]),
    [
      ["k", false],
      ["word", false],
    ],
  )
  assert.deepEqual(valueFaults({ k: 2 }), [])
})
