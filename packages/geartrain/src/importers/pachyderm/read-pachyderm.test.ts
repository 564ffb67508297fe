import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseYaml } from "../../documents/read-yaml.ts"
import { readPachyderm } from "./read-pachyderm.ts"

function read(spec: object) {
  const document = parseYaml(Buffer.from(JSON.stringify(spec)), { file: "spec.json", code: "PIPELINE_INVALID" })
  return readPachyderm(document, { gear: "bwa@1", folders: "./data/*", pipelines: new Set(["trimmed"]) })
}

const SPEC = {
  pipeline: { name: "align" },
  description: "Aligns",
  transform: { image: "bwa:1", cmd: ["sh"], accept_return_code: [2, 3], err_cmd: ["true"] },
  input: {
    cross: [
      {
        join: [
          { pfs: { repo: "trimmed", glob: "/(*)_R1.fq", join_on: "$1", name: "r1" } },
          { pfs: { repo: "reads", branch: "dev", glob: "/(*)_R2.fq", join_on: "$1", outer_join: true, lazy: true } },
        ],
      },
      { pfs: { repo: "genome", branch: "master", glob: "/", reference: true, empty_files: false } },
    ],
  },
  datum_tries: "2",
  datum_timeout: "30m",
  parallelism_spec: { constant: "4" },
  resource_limits: { cpu: "500m", memory: "2Gi", disk: "3M" },
  salt: "s",
  reprocess_spec: "every_job",
  egress: { URL: "s3://x" },
}

test("fields of Pachyderm's become ours", () => {
  assert.deepEqual(read(SPEC).pipeline, {
    pipeline: 1,
    name: "align",
    description: "Aligns",
    gear: "bwa@1",
    input: {
      cross: [
        {
          join: [
            { pipeline: "trimmed", glob: "/(*)_R1.fq", name: "r1", joinOn: "$1" },
            { folder: "./data/reads", glob: "/(*)_R2.fq", joinOn: "$1", outerJoin: true },
          ],
        },
        { folder: "./data/genome", glob: "/", reference: true },
      ],
    },
    acceptExitCodes: [2, 3],
    recover: "drop",
    tries: 2,
    salt: "s",
    reprocess: "every_job",
    parallel: 4,
    resources: { cpus: 0.5, memory: "2GiB", disk: "3000000", time: "30m" },
  })
})

test("what has no counterpart is named", () => {
  assert.deepEqual(
    read(SPEC).left.map(({ field }) => field),
    [
      "input.cross.0.join.1.pfs.branch",
      "input.cross.0.join.1.pfs.lazy",
      "egress",
      "transform.image",
      "transform.cmd",
      "transform.err_cmd",
    ],
  )
})

test("what is no pipeline, and a cron input, are refused with their line", () => {
  for (const [spec, problem] of [
    [{ input: { pfs: { repo: "r", glob: "/" } } }, /the pipeline has no name/],
    [{ pipeline: { name: "x" }, input: { cron: { spec: "@daily" } } }, /a cron input has no counterpart/],
    [{ pipeline: { name: "x" }, input: { pfs: { repo: "r" } } }, /"glob" is missing/],
    [{ pipeline: { name: "x" }, input: [] }, /it has none of pfs/],
  ] as const) {
    assert.throws(
      () => read(spec),
      (error) => isGeartrainError(error, "PIPELINE_INVALID") && problem.test(error.message),
    )
  }
})
