import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear } from "@geartrain/spec"
import { parse } from "yaml"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import { citeJob } from "./cite-job.ts"

const GEAR: Gear = {
  ...gear(1),
  manifest: {
    ...gear(1).manifest,
    label: "50% of {all} & more_",
    author: 'A "B": C',
    cite: "Author A, 2020.",
    license: "MIT",
    url: "https://example.org/a_b",
    source: "not a url",
  },
}
const JOB = job(1, {
  state: "complete",
  ended: "2026-01-01T00:00:02.000Z",
  outputs: [{ path: "t.csv", digest: digest(9), sizeBytes: 3 }],
  invocation: {
    ...job(1).invocation,
    inputs: { table: { base: "file", name: "in.csv", digest: digest(8), object: {} } },
  },
})

test("the paragraph has gear, inputs, config, engine and the verdict of the last re-run", () => {
  const { methods } = citeJob(JOB, GEAR)
  assert.match(
    methods,
    /^One file was computed with 50% of \{all\} & more_ \(gear-1 1\.0\.0; gear sha256:[0-9a-f]{64}\) \[Author A, 2020\]\. /,
  )
  assert.match(
    methods,
    /It read in\.csv \(sha256 000000000000…\)\. Its configuration was threshold = 0\.5, label = "ünï"\. /,
  )
  assert.match(
    methods,
    /without network, on 2026-01-01\. It was not run a second time\. The invocation is sha256:[0-9a-f]{64}\.$/,
  )
  const verified = {
    at: "2026-02-03T00:00:00.000Z",
    job: "b",
    provider: "runc",
    verdict: "identical",
    differences: [],
  } as const
  assert.match(
    citeJob({ ...JOB, history: [verified] }, GEAR).methods,
    /A second run on 2026-02-03 gave the same bytes in every file\./,
  )
})

test("nothing of a manifest means anything to TeX", () => {
  const { bibtex } = citeJob(JOB, GEAR)
  assert.match(bibtex, /^@software\{gear-1-1\.0\.0,\n/)
  assert.ok(bibtex.includes("title = {{50\\% of \\textbraceleft{}all\\textbraceright{} \\& more\\_}}"))
  assert.match(bibtex, /\n\}\n$/)
})

test("the citation file is YAML with what the format asks for", () => {
  const file = parse(citeJob(JOB, GEAR).cff) as Record<string, unknown>
  assert.equal(file["cff-version"], "1.2.0")
  assert.equal(file["title"], GEAR.manifest.label)
  assert.deepEqual(file["authors"], [{ name: 'A "B": C' }])
  assert.equal(file["license"], "MIT")
  assert.equal("repository-code" in file, false)
})
