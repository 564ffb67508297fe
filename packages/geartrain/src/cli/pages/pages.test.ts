import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear, GearManifest, JobRecord } from "@geartrain/spec"
import { createPaint } from "../output/paint.ts"
import { shortId } from "../output/reply.ts"
import { gearParameters } from "../run/gear-flags.ts"
import { diffGears, leavesOf } from "./diff-gears.ts"
import { gearHelp } from "./gear-help.ts"
import { gearPage } from "./gear-page.ts"
import { jobPage, type PageMeans } from "./job-page.ts"
import { parameterRows } from "./parameter-rows.ts"
import { valueText } from "./value-text.ts"

const ID = "0123456789abcdef01234567"
const DIGEST = `sha256:${"b".repeat(64)}` as const
const means: PageMeans = { paint: createPaint(false), id: shortId, verbose: false, columns: 100 }

const manifest = {
  name: "fsl-bet",
  label: "Brain extraction",
  description: "Takes the skull off.\nSecond line \u001b[2J",
  version: "1.0.0",
  author: "Somebody",
  license: "MIT",
  url: "",
  source: "",
  environment: { FSLDIR: "/usr/share/fsl" },
  command: "./run",
  capabilities: ["networking"],
  inputs: {
    nifti: {
      base: "file",
      description: "The head",
      type: { enum: ["nifti"] },
      size: { maximum: 10 },
      name: { pattern: "T1" },
    },
    mask: { base: "file", optional: true },
    atlas: { base: "context" },
    key: { base: "api-key" },
  },
  config: {
    fraction: { type: "number", minimum: 0, maximum: 1, default: 0.5, description: "Threshold" },
    mode: { type: "string", enum: ["fast", ""], default: "fast" },
    debug: { type: "boolean", default: false },
    quick: { type: "boolean", optional: true },
    seeds: { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 3, default: [1] },
    label: { type: "string", minLength: 2, maxLength: 5, pattern: "^a", optional: true },
    step: { type: "integer", minimum: 0, exclusiveMinimum: true, multipleOf: 2, optional: true },
    "a b": { type: "string" },
  },
} as unknown as GearManifest

const gear: Gear = {
  id: DIGEST,
  platform: "linux/amd64",
  tree: DIGEST,
  manifest,
  image: { env: ["PATH=/bin", "EVIL=\u001b[2J"], user: "me", workdir: "/w", entrypoint: ["run"], cmd: [], labels: {} },
  origin: { kind: "tar", reference: "bet.tar" },
  entries: 12,
  sizeBytes: 2048,
  imported: "2024-05-01T10:00:00.000Z",
}

const record: JobRecord = {
  format: "geartrain-job/1",
  id: ID,
  state: "complete",
  gear: { id: DIGEST, name: "fsl-bet", version: "1.0.0", platform: "linux/amd64", tree: DIGEST, origin: gear.origin },
  invocation: {
    format: "geartrain-invocation/1",
    gear: DIGEST,
    config: { fraction: 0.4, mode: "fast", "a b": "x" },
    inputs: {
      nifti: { base: "file", name: "T1.nii.gz", digest: DIGEST, object: {} },
      atlas: { base: "context", found: false },
      key: { base: "api-key" },
    },
    environment: {},
    network: "none",
  },
  invocationDigest: DIGEST,
  command: ["bash", "-c", "./run"],
  inputs: { nifti: { path: "/data/T1.nii.gz", sizeBytes: 2048 } },
  outputs: [{ path: "brain\n.nii.gz", digest: DIGEST, sizeBytes: 1024, type: "nifti" }],
  skippedOutputs: [{ path: "link", why: "it is a link" }],
  provider: { name: "crun", version: "1.8.1", rootless: false },
  host: { name: "lab", kernel: "6.1", architecture: "x86_64", cpus: 2, memoryBytes: 1024 ** 3 },
  engine: { version: "0.1.0", node: "24.0.0" },
  limits: { memoryBytes: 1024 ** 3, timeMs: 60_000, cpuCores: 2, processes: 10, outputBytes: 1024 },
  usage: { wallMs: 2310, cpuMs: 100, peakMemoryBytes: 1024 ** 2, method: "cgroup" },
  exit: { code: 0 },
  log: { digest: DIGEST, sizeBytes: 10, lines: 1, droppedBytes: 0 },
  created: "2024-05-01T10:00:00.000Z",
  started: "2024-05-01T10:00:00.000Z",
  ended: "2024-05-01T10:00:03.000Z",
  phasesMs: { preparing: 20 },
  history: [
    { at: "2024-05-02T10:00:00.000Z", job: ID, provider: "runc", verdict: "different", differences: [{ path: "x" }] },
  ],
}

test("the page of a job begins with the sentence and ends with what to do", () => {
  const lines = jobPage(record, manifest, means)
  assert.equal(lines[0], "complete after 2.3 s")
  assert.equal(lines.at(-1), "→ gear show 0123456789ab")
})

test("the page of a job tells facts, outputs, inputs, changed config, log and history", () => {
  const page = jobPage(record, manifest, means).join("\n")
  for (const words of [
    /gear +fsl-bet@1\.0\.0 +bbbbbbbbbbbb/,
    /provider +crun 1\.8\.1/,
    /memory +1 MiB at most of 1 GiB/,
    /limits +memory 1 GiB, CPUs 2, time 1 min, 10 processes, output 1 KiB/,
    /brain\\n\.nii\.gz +1 KiB +nifti +bbbbbbbbbbbb/,
    /left out "link": it is a link/,
    /nifti +\/data\/T1\.nii\.gz \(2 KiB\) +bbbbbbbbbbbb/,
    /atlas +not found/,
    /key +a key, which is not recorded/,
    /fraction +0\.4 +default 0\.5/,
    /1 value as by default/,
    /1 line: gear logs 0123456789ab/,
    /different +on runc +job 0123456789ab +x/,
  ]) {
    assert.match(page, words)
  }
  assert.doesNotMatch(page, /mode/)
})

test("verbose, the page of a job leaves nothing out", () => {
  const page = jobPage(record, manifest, { ...means, verbose: true }).join("\n")
  for (const words of [
    /mode +fast/,
    /command +bash -c \.\/run/,
    /machine +x86_64, Linux 6\.1, 2 CPUs, 1 GiB; gear 0\.1\.0, node 24\.0\.0/,
  ]) {
    assert.match(page, words)
  }
})

test("a job whose gear is gone has a page, too", () => {
  assert.match(jobPage(record, undefined, means).join("\n"), /mode +fast/)
})

test("the page of a gear tells what it is, takes, and what the image had said", () => {
  const page = gearPage(gear, { references: ["fsl-bet@1.0.0"], determinism: [] }, means).join("\n")
  for (const words of [
    /^fsl-bet@1\.0\.0 {2}Brain extraction/,
    /Second line \\x1b\[2J/,
    /size +2 KiB in 12 entries/,
    /imported .* from bet\.tar \(tar\)/,
    /asks for +networking/,
    /FSLDIR=\/usr\/share\/fsl/,
    /ENV +EVIL=\\x1b\[2J/,
    /ENTRYPOINT +\["run"\]/,
    /→ gear run fsl-bet@1\.0\.0 --help$/,
  ]) {
    assert.match(page, words)
  }
})

test("a gear's inputs and config are rows with type, range, values and default", () => {
  const rows = parameterRows(gearParameters(manifest, new Set(["debug", "label"])))
  assert.deepEqual(rows, [
    ["--nifti PATH", "The head (required; type nifti; name matches T1; at most 10 bytes)"],
    ["--mask PATH", "optional"],
    ["--context atlas=JSON", "optional; a value of the project"],
    ["--key-file key=PATH", "required; a key, read from a file"],
    ["--fraction NUMBER", "Threshold (0 to 1; default 0.5)"],
    ["--mode TEXT", 'one of fast, ""; default fast'],
    ["--set debug=true", "default false"],
    ["--[no-]quick", "optional"],
    ["--seeds VALUE…", "a list of integer; 1 or more; 3 at most; default [1]"],
    ["--set label=TEXT", "optional; 2 characters or more; 5 characters at most; matches ^a"],
    ["--step INTEGER", "optional; above 0; a multiple of 2"],
    ["--set 'a b'=TEXT", "required"],
  ])
})

test("the help of a gear names what is required, and says what has no flag of its own", () => {
  const parameters = gearParameters(manifest, new Set(["debug"]))
  const help = gearHelp(
    { reference: "fsl-bet", manifest, parameters, flags: {} },
    { columns: 100, paint: createPaint(false) },
  )
  assert.ok(help.includes("Usage  gear run fsl-bet --nifti PATH --key-file key=PATH --set 'a b'=TEXT [flags]"))
  assert.ok(help.some((line) => line.startsWith("A config value whose name is no flag's")))
})

test("gears differ in their manifests, filesystems and images, member by member", () => {
  const other: Gear = { ...gear, entries: 13, manifest: { ...manifest, version: "1.1.0", label: "Brain extraction" } }
  assert.deepEqual(diffGears(gear, gear), [])
  assert.deepEqual(diffGears(gear, other), [
    { part: "manifest", name: "version", a: "1.0.0", b: "1.1.0" },
    { part: "filesystem", name: "entries", a: 12, b: 13 },
  ])
})

test("members of objects are told by their paths", () => {
  assert.deepEqual(leavesOf({ a: { b: 1, c: [2] }, d: {} }), { "a.b": 1, "a.c": [2], d: {} })
})

test("values are told without quotes unless they would be taken for others", () => {
  const values = ["fast", "", "2", "true", " x", "a b", "\u001b", null, true, 2, [1, "a"], { a: 1 }, undefined]
  assert.deepEqual(values.map(valueText), [
    "fast",
    '""',
    '"2"',
    '"true"',
    '" x"',
    "a b",
    "\\x1b",
    "null",
    "true",
    "2",
    '[1,"a"]',
    '{"a":1}',
    "—",
  ])
  assert.equal(valueText("x".repeat(100)).length, 80)
})
