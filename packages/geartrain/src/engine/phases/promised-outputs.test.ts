import assert from "node:assert/strict"
import { test } from "node:test"
import type { OutputFile } from "@geartrain/spec"
import { digest } from "../../../test/stores/records/sample-records.ts"
import { markOutputs, missingOutput } from "./promised-outputs.ts"

const output = (path: string): OutputFile => ({ path, digest: digest(1), sizeBytes: 1 })
const collected = (paths: readonly string[], skipped: readonly { path: string; why: string }[] = []) => ({
  outputs: paths.map(output),
  skipped,
})

test("what is promised and not written fails the job, what is optional does not", () => {
  const promised = { mask: { files: ["mask.nii.gz"] }, report: { files: ["*.html"], optional: true } } as const
  assert.equal(missingOutput("j", collected(["mask.nii.gz"]), promised), undefined)
  const failed = missingOutput("j", collected(["other.txt"]), promised)
  assert.equal(failed?.reason, "OUTPUT_MISSING")
  assert.match(failed?.message ?? "", /did not write output "mask" \(mask\.nii\.gz\)$/)
  assert.equal(failed?.evidence, 'it wrote "other.txt"')
  assert.equal(failed?.next, "gear logs j")
})

test("of several that are missing the first is named and the others are counted; a gear that wrote nothing is told as that", () => {
  const failed = missingOutput("j", collected([]), {
    a: { files: ["a"] },
    b: { files: ["b", "c/*"] },
    c: { files: ["d"] },
  })
  assert.match(failed?.message ?? "", /output "a" \(a\), nor 2 more that it promises$/)
  assert.equal(failed?.evidence, "it wrote nothing")
})

test("an output that was there and was not taken is told with why", () => {
  const failed = missingOutput("j", collected(["x"], [{ path: "mask.nii", why: "it is a link to nothing" }]), {
    mask: { files: ["mask.nii"] },
  })
  assert.equal(failed?.evidence, '"mask.nii" was not taken: it is a link to nothing')
})

test("an output keeps the first promise that it matches, and others stay as they are", () => {
  const promised = {
    first: { files: ["*.txt"], type: "text", sensitivity: "personal" },
    second: { files: ["a.txt"] },
  } as const
  const [a, b] = markOutputs([output("a.txt"), output("b.bin")], promised)
  assert.deepEqual([a?.output, a?.type, a?.sensitivity], ["first", "text", "personal"])
  assert.deepEqual(b, output("b.bin"))
  assert.deepEqual(markOutputs([output("a.txt")], {}), [output("a.txt")])
})
