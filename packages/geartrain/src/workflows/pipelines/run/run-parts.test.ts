import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { Datum } from "../datums/datum.ts"
import { datumId, datumKey } from "../datums/datum-key.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import { checkInput, checkNames } from "../document/check-input.ts"
import { folderInputs, inputName } from "../document/input-tree.ts"
import { readPlace } from "../document/place-text.ts"
import type { PipelinePlan } from "./decide.ts"
import { limitsOf } from "./limits-of.ts"
import { mergeOutputs } from "./merge-outputs.ts"
import { placeOf } from "./place-of.ts"
import { type RunDatumsMeans, runDatums } from "./run-datums.ts"

const DIGEST = `sha256:${"0".repeat(64)}` as const
const OTHER = `sha256:${"1".repeat(64)}` as const

function datum(path: string, more: Partial<Datum[number]> = {}): Datum {
  return [{ input: "in", to: "data", path, caught: [], files: [{ path, digest: DIGEST, sizeBytes: 1 }], ...more }]
}

test("outputs are placed by what a datum matched and caught, and never out of their folder", () => {
  const one = datum("sub/a.txt", { caught: ["a"] })
  assert.equal(placeOf(readPlace(`out/\${in}/`), one), "out/sub/a.txt/")
  assert.equal(placeOf(readPlace(`\${in.1}-\${in.2}`), one), "a-")
  assert.equal(placeOf(readPlace(""), one), "")
  for (const caught of ["..", "", "."]) {
    const act = () => placeOf(readPlace(`\${in.1}/x`), datum("a", { caught: [caught] }))
    assert.throws(act, (error) => isGeartrainError(error, "PIPELINE_DATUM_UNFIT"))
  }
})

const CODE = { gear: "sha256:g", config: { k: 1 } }

test("what a gear wrote to be run stays so in the output", async () => {
  const outputs = [{ path: "tool", digest: DIGEST, sizeBytes: 1, executable: true as const, output: "tools" }]
  const one = { datum: datum("a"), id: "1", key: "k", place: "a/", why: "it is new" }
  const plan = { decisions: [{ ...one, action: "reuse", same: { id: "j", outputs } }] } as unknown as PipelinePlan
  const records = await runDatums(plan, { parallel: 1, commit: 1 } as RunDatumsMeans)
  assert.deepEqual(mergeOutputs(records), [{ path: "a/tool", digest: DIGEST, sizeBytes: 1, executable: true }])
})

test("a datum's id is of its paths, and its key of all that decides its outcome", () => {
  const one = datum("a")
  const changed = datum("a", { files: [{ path: "a", digest: OTHER, sizeBytes: 1 }] })
  assert.equal(datumId(one), datumId(changed))
  assert.notEqual(datumId(one), datumId(datum("b")))
  assert.notEqual(datumKey(one, CODE), datumKey(changed, CODE))
  for (const other of [
    { ...CODE, gear: "x" },
    { ...CODE, config: { k: 2 } },
    { ...CODE, salt: "s" },
  ]) {
    assert.notEqual(datumKey(one, CODE), datumKey(one, other))
  }
  const asReference = (parts: Datum): string =>
    datumKey(
      parts.map((part) => ({ ...part, reference: true })),
      CODE,
    )
  assert.equal(asReference(one), asReference(changed))
  const asEmpty = (parts: Datum): string =>
    datumKey(
      parts.map((part) => ({ ...part, emptyFiles: true })),
      CODE,
    )
  assert.equal(asEmpty(one), asEmpty(changed))
})

function record(path: string, outputs: readonly string[], state: DatumRecord["state"] = "complete"): DatumRecord {
  return {
    ...{ id: path, key: path, parts: [{ input: "in", path }], state, how: "run", why: "", since: 1, place: "" },
    outputs: outputs.map((output) => ({ path: output, digest: DIGEST, sizeBytes: 1 })),
  }
}

test("outputs are merged in order, those of failed datums left out, and collisions refused, of files with folders too", () => {
  const merged = mergeOutputs([record("b", ["z", "y/x"]), record("a", ["a"]), record("c", ["a"], "failed")])
  assert.deepEqual(
    merged.map(({ path }) => path),
    ["a", "y/x", "z"],
  )
  for (const outputs of [["a"], ["a/b"]]) {
    assert.throws(
      () => mergeOutputs([record("one", ["a"]), record("two", outputs)]),
      (error) => isGeartrainError(error, "PIPELINE_OUTPUTS_COLLIDE") && /in:\/one.*in:\/two/.test(error.message),
    )
  }
})

test("inputs are found through whatever puts them together, and named by their path", () => {
  const input = {
    cross: [{ folder: "./x/scans/", glob: "/" }, { union: [{ pipeline: "prep", glob: "/", name: "p" }] }],
  }
  assert.deepEqual(folderInputs(input).map(inputName), ["scans", "p"])
  assert.deepEqual(checkInput(input), [])
  assert.match(checkInput({ join: [{ folder: "./x", glob: "/" }] })[0]?.problem ?? "", /"joinOn" is missing/)
  assert.match(checkInput({ union: [], glob: "/" })[0]?.problem ?? "", /"glob" is of a folder/)
  assert.match(checkInput({ folder: "..", glob: "/" })[0]?.problem ?? "", /cannot be its name/)
})

test("an archive is read at a place that may have files, one question under one name", () => {
  const problems = (place: string) =>
    checkInput({ archive: { place }, name: "x", glob: "/" }).map(({ path, problem }) => `${path.join("/")}: ${problem}`)
  for (const place of ["lab/study", "lab/study/sub 1/analyses/fit", "a".repeat(24)])
    assert.deepEqual(problems(place), [])
  for (const place of ["lab", "/", "a".repeat(23)])
    assert.deepEqual(problems(place), [`input/archive/place: "${place}" is no place with files`])
  assert.deepEqual(problems("lab/study/files/a"), ['input/archive/place: "lab/study/files/a" is a file'])
  const scans = { archive: { place: "lab/scans" }, glob: "/*" }
  assert.equal(inputName(scans), "scans")
  assert.deepEqual(checkNames({ union: [scans, { ...scans, archive: { place: "lab/scans" }, glob: "/a*" }] }), [])
  for (const other of [{ archive: { place: "lab/scans", tag: "ok" } }, { folder: "lab/scans" }])
    assert.equal(checkNames({ union: [scans, { ...other, glob: "/*" }] }).length, 1)
  assert.match(checkInput({ ...scans, folder: "x" })[0]?.problem ?? "", /it has folder and archive/)
})

test("inputs of one name have to read the same, or one would be taken for the other", () => {
  const scans = { folder: "./x/scans", glob: "/*" }
  assert.deepEqual(checkNames({ union: [scans, { ...scans, glob: "/a*" }] }), [])
  assert.deepEqual(checkNames({ union: [scans, { ...scans, folder: "./y/scans", name: "others" }] }), [])
  const two = checkNames({ union: [scans, { ...scans, folder: "./y/scans" }] })
  assert.match(two[0]?.problem ?? "", /"\.\/x\/scans" and "\.\/y\/scans" are both called "scans"/)
  const ways = checkNames({ cross: [scans, { union: [{ ...scans, to: "atlas" }] }] })
  assert.match(ways[0]?.problem ?? "", /"\.\/x\/scans" is read in two ways under the name "scans"/)
})

test("what a datum may use is read as numbers", () => {
  const limits = limitsOf({ cpus: 2, memory: "1k", disk: "2k", time: "1m" })
  assert.deepEqual(limits, { cpuCores: 2, memoryBytes: 1024, outputBytes: 2048, timeMs: 60_000 })
  assert.deepEqual(limitsOf(), {})
})
