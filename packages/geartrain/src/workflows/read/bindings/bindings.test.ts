import assert from "node:assert/strict"
import { test } from "node:test"
import { type Gear, type GearManifest, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { FileSource, Workflow, WorkflowFault, WorkflowStep } from "@geartrain/spec/workflow"
import { gearFace } from "../faces/gear-face.ts"
import type { StepFace } from "../faces/step-face.ts"
import { findFaces, pathOfStep } from "../find-faces.ts"
import type { ReadDocument } from "../read-documents.ts"
import { findInputFaults, namedFiles } from "./check-inputs.ts"
import { findOutputFaults } from "./check-outputs.ts"
import { findValueFaults } from "./check-values.ts"
import { type KnownDocument, sourceFace } from "./source-face.ts"

function gear(members: object, geartrain: JsonObject = {}): Pick<Gear, "manifest"> {
  const manifest = { name: "tool", version: "1", config: {}, inputs: {}, custom: { geartrain }, ...members }
  return { manifest: manifest as unknown as GearManifest }
}

function documentOf(workflow: Partial<Workflow>, path = ""): ReadDocument {
  return {
    ...{ path, file: "w.yaml", folder: "/flows", broken: new Set<string>() },
    workflow: { workflow: 1, name: "w", steps: {}, ...workflow },
    fault: ({ path: at, problem, fix }) => ({
      ...{ file: `${path}w.yaml`, line: 1, column: 1, where: `/${at.join("/")}`, problem, fix },
    }),
  }
}

function known(workflow: Partial<Workflow>, faces: Readonly<Record<string, StepFace>> = {}): KnownDocument {
  return { document: documentOf(workflow), faces: new Map(Object.entries(faces)) }
}

const step = (more: object = {}): WorkflowStep => ({ gear: "tool", ...more }) as WorkflowStep
const words = (faults: readonly WorkflowFault[]): readonly string[] =>
  faults.map(({ path, problem, fix }) => `${path.join("/")}: ${problem} → ${fix}`)

const MAKER = gearFace(
  gear({}, { outputs: { one: { files: ["a.nii"] }, some: { files: ["*.csv"] }, any: { files: ["x", "y.txt"] } } }),
)

function give(source: FileSource, workflow: Partial<Workflow> = {}, of?: WorkflowStep) {
  const inputs: Workflow["inputs"] = { one: {}, many: { takes: "files", type: "dicom" }, maybe: { optional: true } }
  const steps = { made: step(), wide: step({ scatter: { over: { v: [1] } } }) }
  return sourceFace(source, known({ inputs, steps, ...workflow }, { made: MAKER, wide: MAKER }), of)
}

test("an input of the workflow gives one file or several, of its type, and none where it is optional without a default", () => {
  assert.deepEqual(give({ from: "inputs.one" }), { count: "one", types: undefined, isOptional: false })
  assert.deepEqual(give({ from: "inputs.many" }), { count: "several", types: ["dicom"], isOptional: false })
  assert.equal(give({ from: "inputs.maybe" })?.isOptional, true)
  const inputs = { set: { optional: true, default: "a.txt" } }
  assert.equal(give({ from: "inputs.set" }, { inputs })?.isOptional, false)
})

test("an output gives what its gear says, and several where the step is scattered", () => {
  assert.deepEqual(give({ from: "steps.made.one" }), { count: "one", types: ["nifti"], isOptional: false })
  assert.equal(give({ from: "steps.made.some" })?.count, "some")
  assert.equal(give({ from: "steps.wide.one" })?.count, "several")
  assert.deepEqual(give({ from: "steps.made" }), { count: "some", types: undefined, isOptional: false })
})

test("what is picked by a pattern is of the pattern's type, and one where it is a name", () => {
  assert.deepEqual(give({ from: "steps.made", files: "sub/log.txt" }), {
    count: "one",
    types: ["text"],
    isOptional: false,
  })
  for (const files of ["*.txt", "a?.txt", "{a,b}.txt", "[ab].txt", "!(a).txt"])
    assert.equal(give({ from: "steps.made", files })?.count, "some", files)
  assert.deepEqual(give({ from: "inputs.many", files: "a.txt" })?.types, ["dicom"], "what was said of them counts")
})

test("an item of a scatter over files is one file; one over values, and what a glob caught, is none", () => {
  const over = { f: { from: "inputs.many" }, g: { from: "steps.made", glob: "*.csv" }, v: [1, 2] }
  const scattered = step({ scatter: { over } })
  assert.deepEqual(give({ from: "each.f" }, {}, scattered), { count: "one", types: ["dicom"], isOptional: false })
  assert.deepEqual(give({ from: "each.g" }, {}, scattered)?.types, ["tabular data"])
  for (const from of ["each.v", "each.f.1", "each.zebra"]) assert.equal(give({ from }, {}, scattered), undefined, from)
  assert.equal(give({ from: "each.f" }), undefined)
})

test("of what is not there, and of what JavaScript has by itself, nothing is known", () => {
  for (const from of ["inputs.zebra", "inputs.constructor", "steps.toString.x", "steps.made.zebra", "parameters.k", ""])
    assert.equal(give({ from }), undefined, from)
})

const READER = gear(
  {
    inputs: { scan: { base: "file" }, note: { base: "context" }, all: { base: "file", optional: true } },
    config: { k: { type: "integer", maximum: 9, default: 1 }, any: { type: ["string", "null"], default: "" } },
  },
  { inputs: { all: { takes: "files" } } },
)

function inputFaults(inputs: object | undefined, more: object = {}): readonly string[] {
  const own = step({ ...(inputs === undefined ? {} : { inputs }), ...more })
  const workflow = {
    inputs: { one: {}, many: { takes: "files" as const }, maybe: { optional: true } },
    steps: { s: own },
  }
  return words(findInputFaults({ name: "s", step: own, face: gearFace(READER) }, known(workflow)))
}

test("an input that is missing is told at the inputs, or at the step where there are none", () => {
  const fix = 'gear "tool" needs input "scan", and it is given nothing → Add scan: { from: … } with a file under inputs'
  assert.deepEqual(inputFaults(undefined), [`steps/s: ${fix}`])
  assert.deepEqual(inputFaults({}), [`steps/s/inputs: ${fix}`])
})

test("several sources for one file are one too many, but where all of them but one may have none", () => {
  const sources = (...from: readonly string[]) => inputFaults({ scan: from.map((one) => ({ from: one })) })
  assert.equal(sources("inputs.one", "inputs.one").length, 1)
  assert.deepEqual(sources("inputs.one", "inputs.maybe"), [])
  assert.match(sources("inputs.maybe", "inputs.maybe")[0] ?? "", /"inputs.maybe" is optional, and gear "tool" needs/)
  assert.deepEqual(
    inputFaults({ scan: { from: "inputs.one" }, all: [{ from: "inputs.many" }, { from: "inputs.one" }] }),
    [],
  )
})

test("what gives several files is scattered over, under a name that a scatter can have", () => {
  const strange = gearFace(gear({ inputs: { "1 scän": { base: "file" } } }))
  const own = step({ inputs: { "1 scän": { from: "inputs.many" } } })
  const workflow = { inputs: { many: { takes: "files" as const } }, steps: { s: own } }
  const [fault = ""] = words(findInputFaults({ name: "s", step: own, face: strange }, known(workflow)))
  assert.match(
    fault,
    /Run it for each: scatter: \{ over: \{ scn: \{ from: inputs.many \} \} \}, and here \{ from: each.scn \}/,
  )
  const scattered = inputFaults({ scan: { from: "inputs.many" } }, { scatter: { over: { v: [1] } } })
  assert.match(scattered[0] ?? "", /→ Add it to over in the scatter, and write \{ from: each.scan \} here$/)
})

test("an input that is a config value, or near another, is told where it belongs", () => {
  const fixes = inputFaults({ scan: { from: "inputs.one" }, k: { value: 1 }, scna: { value: 1 }, zebra: { value: 1 } })
  assert.deepEqual(
    fixes.map((text) => text.split("→ ")[1]),
    ['Move it to config, where there is a "k"', 'Rename it to "scan"', 'Remove it: it has "scan", "note", "all"'],
  )
})

test("files that a step names go from the folder of its document", () => {
  const own = step({
    inputs: { a: { file: "t/x.csv" }, b: { file: "/abs.csv" }, c: { from: "inputs.one" }, d: { file: "../y" } },
  })
  const files = namedFiles({ name: "s", step: own, face: MAKER }, "/flows")
  assert.deepEqual(
    files.map(({ path, file }) => [path.join("/"), file]),
    [
      ["steps/s/inputs/a/file", "/flows/t/x.csv"],
      ["steps/s/inputs/b/file", "/abs.csv"],
      ["steps/s/inputs/d/file", "/y"],
    ],
  )
})

function valueFaults(config: object, parameters: Workflow["parameters"] = {}, scatter?: object): readonly string[] {
  const own = step({ config, ...(scatter === undefined ? {} : { scatter: { over: scatter } }) })
  const face = gearFace(READER)
  return words(findValueFaults({ name: "s", step: own, face }, documentOf({ parameters, steps: { s: own } }).workflow))
}

test("an integer goes where a number is wanted, a text nowhere else, and what may be anything anywhere", () => {
  assert.deepEqual(valueFaults({ k: { from: "parameters.i" } }, { i: { type: "integer" } }), [])
  assert.match(
    valueFaults({ k: { from: "parameters.n" } }, { n: { type: "number" } })[0] ?? "",
    /is of type number, and config "k"/,
  )
  assert.match(
    valueFaults({ k: { text: "1" } })[0] ?? "",
    /"1" is of type text, and config "k" of gear "tool" takes integer/,
  )
  assert.match(valueFaults({ any: { from: "parameters.l" } }, { l: { type: "list" } })[0] ?? "", /takes text or null/)
  assert.deepEqual(valueFaults({ any: { text: "x" } }), [])
})

test("each value that a parameter may have is tried: its default, its enum, and the items of a list that is scattered over", () => {
  const k = { k: { from: "parameters.p" } }
  assert.match(
    valueFaults(k, { p: { type: "integer", enum: [1, 10] } })[0] ?? "",
    /"parameters.p", one of its enum: .*found 10/,
  )
  assert.match(valueFaults(k, { p: { type: "integer", default: 11 } })[0] ?? "", /its default: .*found 11/)
  const each = { k: { from: "each.v" } }
  const list = { p: { type: "list" as const, default: [1, 12] } }
  assert.match(valueFaults(each, list, { v: { from: "parameters.p" } })[0] ?? "", /an item of parameters.p: .*found 12/)
  assert.match(valueFaults(each, {}, { v: [1, "x"] })[0] ?? "", /item 2 of the scatter: .*found the string "x"/)
  assert.match(valueFaults({ k: { from: "each.v.1" } }, {}, { v: [1] })[0] ?? "", /is of type text/)
})

test("a value that is an input, or that is not known, is told where it belongs", () => {
  assert.deepEqual(
    valueFaults({ scan: 1, zebra: 2, kk: 3 }).map((text) => text.split("→ ")[1]),
    [...['Move it to inputs, where there is a "scan"', 'Remove it: it has "k", "any"', 'Remove it: it has "k", "any"']],
  )
  assert.match(valueFaults({ constructor: 1 })[0] ?? "", /has no config value "constructor"/)
})

test("an output that is read has to be one that the gear declares, and one of an unknown gear is passed over", () => {
  const of = (from: string, face: StepFace | undefined = MAKER) =>
    words(
      findOutputFaults(
        known({ steps: { made: step() }, outputs: { o: { from } } }, face === undefined ? {} : { made: face }),
      ),
    )
  assert.deepEqual(of("steps.made.one"), [])
  assert.deepEqual(of("steps.made"), [])
  assert.match(
    of("steps.made.sme")[0] ?? "",
    /^outputs\/o\/from: gear "tool" has no output "sme"; it has one, some, any → Write steps.made.some$/,
  )
  assert.match(
    of("steps.made.zebra")[0] ?? "",
    /→ Write one of them, or pick files: \{ from: steps.made, files: "PATTERN" \}$/,
  )
  assert.match(of("steps.made.x", gearFace(gear({})))[0] ?? "", /does not say what its outputs are called/)
  assert.deepEqual(of("steps.other.x"), [])
})

test("a gear is looked for once by its name in all documents, and once by its path in each folder", async () => {
  const asked: string[] = []
  const find = async (reference: string, folder: string) => {
    asked.push(`${reference} ${folder}`)
    return gear({ name: reference })
  }
  const steps = { a: step({ gear: "g" }), b: step({ gear: "./g" }), c: step({ gear: "g" }) }
  const documents = new Map([
    ["", { ...documentOf({ steps: { ...steps, q: { workflow: "q.yaml" } } }), folder: "/one" }],
    ["q", { ...documentOf({ steps }, "q"), folder: "/two" }],
  ])
  const { gears, faults } = await findFaces(documents, find)
  assert.deepEqual(asked.toSorted(), ["./g /one", "./g /two", "g /two"])
  assert.deepEqual([...gears.keys()].toSorted(), ["a", "b", "c", "q/a", "q/b", "q/c"])
  assert.deepEqual(faults, [])
  assert.deepEqual([pathOfStep({ path: "" }, "a"), pathOfStep({ path: "q" }, "a")], ["a", "q/a"])
})

test("what a sub-workflow gives is what its steps give, found from the innermost", async () => {
  const inner = documentOf(
    { steps: { m: step() }, outputs: { o: { from: "steps.m.one" }, x: { from: "inputs.gone" } } },
    "q",
  )
  const documents = new Map([
    ["", documentOf({ steps: { q: { workflow: "q.yaml" } } })],
    ["q", inner],
  ])
  const maker = gear({}, { outputs: { one: { files: ["a.nii"] } } })
  const { known: found } = await findFaces(documents, async () => maker)
  const face = found.get("")?.faces.get("q")
  assert.equal(face?.outputs?.get("o")?.count, "one")
  assert.deepEqual(face?.outputs?.get("x"), { count: "some", types: undefined })
})

test("a gear that is not found is a fault at each step that names it, and what is no fault of the document is thrown", async () => {
  const documents = new Map([["", documentOf({ steps: { a: step({ gear: "g" }), b: step({ gear: "g" }) } })]])
  const { faults, gears } = await findFaces(documents, async () => {
    throw new GeartrainError("GEAR_NOT_FOUND", "Cannot find it")
  })
  assert.deepEqual(
    faults.map(({ where, fix }) => `${where} ${fix}`),
    [
      ...[
        "/steps/a/gear Read about it: gear help GEAR_NOT_FOUND",
        "/steps/b/gear Read about it: gear help GEAR_NOT_FOUND",
      ],
    ],
  )
  assert.equal(gears.size, 0)
  await assert.rejects(
    findFaces(documents, () => Promise.reject(new GeartrainError("STORE_FULL", "Disk"))),
    {
      code: "STORE_FULL",
    },
  )
})
