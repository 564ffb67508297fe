import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear } from "@geartrain/spec"
import type { Pipeline, PipelineInput } from "@geartrain/spec/workflow"
import { digestOf, SAMPLE_STORED_GEAR } from "../../../../test/workflows/sample-plan.ts"
import type { Datum, DatumPart } from "../datums/datum.ts"
import { orderDatums } from "../datums/order-datum.ts"
import { checkGear, takesOf, targetOf } from "./check-gear.ts"
import { orderPipelines } from "./order-pipelines.ts"
import type { CheckedPipeline } from "./read-pipeline.ts"

const GEAR = {
  ...SAMPLE_STORED_GEAR,
  manifest: {
    ...{ name: "sample", version: "1.0.0", config: { level: { type: "integer" } } },
    inputs: { scan: { base: "file" }, mask: { base: "file", optional: true }, key: { base: "api-key" } },
  },
} as unknown as Gear

const pipelineOf = (input: PipelineInput, more: Partial<Pipeline> = {}): Pipeline => ({
  ...{ pipeline: 1, name: "p", gear: "sample", input },
  ...more,
})

const problems = (pipeline: Pipeline, gear = GEAR): readonly string[] =>
  checkGear(pipeline, gear).map(({ path, problem, fix }) => `${path.join("/")}: ${problem} → ${fix}`)

test("only files are inputs of a pipeline, each taking one unless it says otherwise", () => {
  assert.deepEqual(
    [...takesOf(GEAR)],
    [
      ["scan", "file"],
      ["mask", "file"],
    ],
  )
  assert.equal(targetOf({ folder: "../data/scans/", glob: "*" }), "scans")
  assert.equal(targetOf({ folder: "scans", glob: "*", to: "scan" }), "scan")
})

test("inputs and values that the gear has not are told, with what was meant", () => {
  assert.deepEqual(problems(pipelineOf({ folder: "scan", glob: "*" }, { config: { level: 1 } })), [])
  const told = problems(pipelineOf({ folder: "scans", glob: "*" }, { config: { levl: 1, constructor: 2 } }))
  assert.equal(told.length, 4)
  assert.match(told[0] ?? "", /^input: gear "sample" has no file input "scans" → .*to: scan; it has scan, mask$/)
  assert.match(told[1] ?? "", /nothing goes into "scan" of the gear/)
  assert.match(told[2] ?? "", /^config\/levl: .*Rename it to "level"/)
  assert.match(told[3] ?? "", /^config\/constructor: .*no config value "constructor" → Remove it$/)
})

test("a gear without file inputs is told so", () => {
  const bare = { ...GEAR, manifest: { ...GEAR.manifest, inputs: {} } } as unknown as Gear
  assert.match(problems(pipelineOf({ folder: "scan", glob: "*" }), bare)[0] ?? "", /to: NAME; it has no file inputs$/)
})

test("an input that is filled by any part of a cross is filled", () => {
  const cross = {
    cross: [
      { folder: "a", glob: "*", to: "mask" },
      { folder: "b", glob: "*", to: "scan" },
    ],
  }
  assert.deepEqual(problems(pipelineOf(cross)), [])
})

const checked = (name: string, ...reads: readonly string[]): CheckedPipeline => ({
  ...{ file: `${name}.yaml`, folder: "/", gear: GEAR },
  pipeline: pipelineOf(
    reads.length === 0 ? { folder: "scan", glob: "*" } : { cross: reads.map((pipeline) => ({ pipeline, glob: "*" })) },
    { name },
  ),
})

const ordered = (...pipelines: readonly CheckedPipeline[]): string =>
  orderPipelines(pipelines)
    .map(({ pipeline }) => pipeline.name)
    .join("")

test("a pipeline comes after those that it reads, and others stay as they came", () => {
  assert.equal(ordered(checked("c", "b"), checked("b", "a"), checked("a")), "abc")
  assert.equal(ordered(checked("z"), checked("a")), "za")
  assert.equal(ordered(checked("d", "b", "c"), checked("c", "a"), checked("b", "a"), checked("a")), "abcd")
  // What another run made is no pipeline of this one.
  assert.equal(ordered(checked("b", "elsewhere"), checked("a")), "ba")
  assert.equal(ordered(), "")
})

test("two of one name, and a circle, are refused", () => {
  assert.throws(() => ordered(checked("a"), { ...checked("a"), file: "other.yaml" }), {
    ...{ code: "PIPELINE_INVALID", message: /"a\.yaml" and "other\.yaml" together: both are called "a"/ },
  })
  assert.throws(() => ordered(checked("a", "a")), { code: "PIPELINE_INVALID", message: /own output, a → a$/ })
  assert.throws(() => ordered(checked("x", "b"), checked("b", "c"), checked("c", "b")), {
    ...{ code: "PIPELINE_INVALID", message: /own output, b → c → b$/ },
  })
})

const EMPTY = { name: "empty", digest: digestOf(0), sizeBytes: 0 }

const part = (paths: readonly string[], more: Partial<DatumPart> = {}): DatumPart => ({
  ...{ input: "scans", to: "scan", path: paths[0] ?? "", caught: [] },
  files: paths.map((path, index) => ({ path, digest: digestOf(index + 1), sizeBytes: 1 })),
  ...more,
})

const takes = (kind: "file" | "files" | "folder"): Gear =>
  ({
    ...GEAR,
    manifest: { ...GEAR.manifest, custom: { geartrain: { inputs: { scan: { takes: kind } } } } },
  }) as unknown as Gear

const filesOf = (gear: Gear, ...datum: Datum): readonly (readonly [string, string, string | undefined])[] =>
  [...orderDatums({ gear, config: {}, emptyFile: EMPTY })(datum).files].map(([at, { name, path }]) => [at, name, path])

test("an input that takes one file gets one, and no other number", () => {
  assert.deepEqual(filesOf(GEAR, part(["sub/a.nii"], { root: "/data" })), [["scan", "a.nii", "/data/sub/a.nii"]])
  for (const paths of [[], ["a", "b"]]) {
    assert.throws(() => filesOf(GEAR, part(paths)), { code: "PIPELINE_DATUM_UNFIT", message: /takes one file/ })
  }
  assert.throws(() => filesOf(GEAR, part(["a"]), part(["b"])), { code: "PIPELINE_DATUM_UNFIT", message: /gets two$/ })
})

test("several files lie by name, those of a folder by path", () => {
  const datum = part(["s/a", "t/b"])
  assert.deepEqual(
    filesOf(takes("files"), datum).map(([at]) => at),
    ["scan/a", "scan/b"],
  )
  assert.deepEqual(
    filesOf(takes("folder"), datum).map(([at]) => at),
    ["scan/scans/s/a", "scan/scans/t/b"],
  )
  assert.throws(() => filesOf(takes("files"), part(["s/a", "t/a"])), {
    ...{ code: "PIPELINE_DATUM_UNFIT", message: /two files would be "scan\/a"/ },
  })
  assert.equal(filesOf(takes("folder"), part(["s/a", "t/a"])).length, 2)
})

test("names alone come with an empty file, and what the gear does not take is left away", () => {
  const orderOf = orderDatums({ gear: GEAR, config: { level: 1 }, network: "outbound", emptyFile: EMPTY })
  const order = orderOf([part(["s/a"], { emptyFiles: true }), part(["b"], { to: "unknown" })])
  assert.deepEqual([...order.files], [["scan", { ...EMPTY, name: "a" }]])
  assert.deepEqual([order.config, order.network], [{ level: 1 }, "outbound"])
})
