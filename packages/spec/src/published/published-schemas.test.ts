import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020, { type ValidateFunction } from "ajv/dist/2020.js"
import ajvFormats from "ajv-formats"
import fc from "fast-check"
import type { Invocation } from "../invocation/invocation.ts"
import type { JobRecord } from "../job/job-record.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { Gear } from "../manifest/gear.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { parseManifest } from "../manifest/parse-manifest.ts"
import { GEAR_MANIFEST_SCHEMA } from "./gear-manifest-schema.ts"
import { GEAR_SCHEMA } from "./gear-schema.ts"
import { INVOCATION_SCHEMA } from "./invocation-schema.ts"
import { JOB_RECORD_SCHEMA } from "./job-record-schema.ts"

// These packages are written in CommonJS: their default exports are members of what Node takes for the default export.
const Ajv = ajv2020.default
const addFormats = ajvFormats.default

function compile(schema: JsonObject): ValidateFunction {
  const ajv = new Ajv({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
    allowUnionTypes: true,
  })
  addFormats(ajv)
  return ajv.compile(schema)
}

const DIGEST = `sha256:${"0".repeat(64)}` as const
const TIME = "2026-01-02T03:04:05.678Z"

const MANIFEST = {
  name: "bet",
  label: "Brain extraction",
  description: "Removes the skull",
  version: "1.0.0",
  author: "A. Author",
  license: "Apache-2.0",
  url: "",
  source: "",
  config: {
    threshold: { type: "number", default: 0.5, minimum: 0, exclusiveMinimum: true },
    list: { type: "array", items: [{}] },
  },
  inputs: {
    scan: { base: "file", type: { enum: ["nifti"] }, optional: true },
    word: { base: "context" },
    key: { base: "api-key", "read-only": true },
  },
  capabilities: ["networking"],
  custom: {},
} as unknown as GearManifest

const GEAR: Gear = {
  id: DIGEST,
  platform: "linux/amd64",
  tree: DIGEST,
  manifest: MANIFEST,
  image: { env: ["A=b"], user: "", workdir: "/", entrypoint: [], cmd: ["sh"], labels: { a: "b" } },
  origin: { kind: "registry", reference: "localhost:5000/bet:1", imageDigest: DIGEST },
  entries: 12,
  sizeBytes: 345,
  imported: TIME,
}

const INVOCATION: Invocation = {
  format: "geartrain-invocation/1",
  gear: DIGEST,
  config: { threshold: 0.5 },
  inputs: {
    scan: { base: "file", name: "t1.nii.gz", digest: DIGEST, object: { type: "nifti" } },
    word: { base: "context", found: true, value: [1] },
    none: { base: "context", found: false },
    key: { base: "api-key" },
  },
  environment: { PATH: "/bin" },
  network: "none",
  destination: { type: "acquisition", id: "0" },
}

const RECORD: JobRecord = {
  format: "geartrain-job/1",
  id: "0123456789abcdef01234567",
  state: "failed",
  failure: {
    reason: "OUT_OF_MEMORY",
    culprit: "resources",
    message: "It needed more",
    evidence: "Killed",
    next: "gear run",
  },
  gear: {
    id: DIGEST,
    name: "bet",
    version: "1",
    platform: "linux/arm64/v8",
    tree: DIGEST,
    origin: { kind: "tar", reference: "x.tar" },
    development: true,
  },
  invocation: INVOCATION,
  invocationDigest: DIGEST,
  command: ["bash", "-c", "true"],
  inputs: { scan: { path: "/data/t1.nii.gz", sizeBytes: 3 } },
  outputs: [{ path: "a/b.txt", digest: DIGEST, sizeBytes: 0, type: "text", executable: true, freed: TIME }],
  skippedOutputs: [{ path: "link", why: "it is a link" }],
  provider: { name: "crun", version: "1.8", rootless: false },
  host: { name: "box", kernel: "6.1", architecture: "x86_64", cpus: 2, memoryBytes: 1 },
  engine: { version: "0.1.0", node: "24" },
  limits: { memoryBytes: 1, cpuCores: 0.5, processes: 10, outputBytes: 1, timeMs: 1 },
  usage: { wallMs: 1.5, cpuMs: 1, peakMemoryBytes: 1, readBytes: 1, writtenBytes: 1, method: "cgroup" },
  exit: { code: 137, signal: "SIGKILL" },
  log: { digest: DIGEST, sizeBytes: 1, lines: 1, droppedBytes: 0 },
  created: TIME,
  started: TIME,
  ended: TIME,
  phasesMs: { preparing: 1, executing: 2.5, collecting: 3 },
  replayOf: "0123456789abcdef01234567",
  forVerification: true,
  conditions: [{ name: "threads", says: "one thread" }],
  history: [
    {
      at: TIME,
      job: "0123456789abcdef01234567",
      provider: "runc",
      verdict: "different",
      differences: [{ path: "a", here: DIGEST }],
    },
    { at: TIME, provider: "", verdict: "undecided", why: "An input is gone", differences: [] },
  ],
}

const RUNNING: JobRecord = { ...RECORD, state: "running", phase: "collecting", logLines: { lines: 1, droppedBytes: 0 } }

const DOCUMENTS: readonly (readonly [name: string, schema: JsonObject, valid: readonly object[]])[] = [
  ["gear manifest", GEAR_MANIFEST_SCHEMA, [MANIFEST]],
  ["gear", GEAR_SCHEMA, [GEAR]],
  ["invocation", INVOCATION_SCHEMA, [INVOCATION]],
  ["job record", JOB_RECORD_SCHEMA, [RECORD, RUNNING]],
]

for (const [name, schema, valid] of DOCUMENTS) {
  const validate = compile(schema)

  test(`a whole ${name} is valid`, () => {
    for (const document of valid) assert.ok(validate(document), JSON.stringify(validate.errors))
  })

  test(`a ${name} that misses a member, or has one too many, is not`, () => {
    for (const document of valid) {
      for (const path of requiredPaths(schema)) {
        const { [path]: _, ...rest } = document as Record<string, unknown>
        assert.equal(validate(rest), false, `without ${path}`)
      }
      assert.equal(validate({ ...document, surplus: 1 }), false)
    }
  })

  test(`a ${name} whose members are of another type is not valid`, () => {
    for (const [member, value] of Object.entries(valid[0] ?? {})) {
      if (name === "gear manifest" && member === "flywheel") continue
      const other = typeof value === "number" ? "1" : 1
      assert.equal(validate({ ...valid[0], [member]: other }), false, member)
    }
  })
}

function requiredPaths(schema: JsonObject): readonly string[] {
  return schema["required"] as readonly string[]
}

test("parts of a record are closed, too", () => {
  const validate = compile(JOB_RECORD_SCHEMA)
  for (const part of [
    "failure",
    "gear",
    "invocation",
    "provider",
    "host",
    "engine",
    "limits",
    "usage",
    "exit",
    "log",
    "phasesMs",
  ] as const) {
    assert.equal(validate({ ...RECORD, [part]: { ...RECORD[part], surplus: 1 } }), false, part)
  }
  assert.equal(validate({ ...RECORD, id: "0123" }), false)
  assert.equal(validate({ ...RECORD, created: "yesterday" }), false)
  assert.equal(validate({ ...RECORD, created: "2026-01-02T03:04:05.678+01:00" }), false)
  assert.equal(validate({ ...RECORD, invocationDigest: "sha256:1" }), false)
  assert.equal(validate({ ...RECORD, failure: { ...RECORD.failure, reason: "BAD_LUCK" } }), false)
})

test("the published schema of a manifest has the verdict of parseManifest", () => {
  const validate = compile(GEAR_MANIFEST_SCHEMA)
  const values: readonly JsonValue[] = [
    ...[
      null,
      true,
      0,
      2,
      -1,
      1.5,
      "",
      "x",
      "file",
      "string",
      "int",
      "A_b",
      "MIT",
      "mit",
      "😀".repeat(100),
      "é".repeat(101),
    ],
    ...[
      [],
      ["x"],
      [1],
      {},
      { base: "file" },
      { base: "context" },
      { base: "context", optional: true },
      { base: "api-key", "read-only": 1 },
    ],
    ...[
      { base: "file", type: "nifti" },
      { base: "file", optional: "yes" },
      { base: "file", size: { maximum: 1, exclusiveMaximum: true } },
    ],
    ...[
      { type: "string", default: 1, optional: true },
      { enum: [] },
      { enum: [1, 1] },
      { required: ["a", "a"] },
      { exclusiveMinimum: true },
    ],
    ...[
      { items: [] },
      { items: { type: "bool" } },
      { $ref: 5 },
      { dependencies: { a: [] } },
      { dependencies: { a: { type: 1 } } },
      { multipleOf: 0 },
    ],
    ...[
      { minLength: -1 },
      { type: ["string", "string"] },
      { anyOf: [] },
      { not: 1 },
      { definitions: { a: { type: "x" } } },
      { minimum: 1, exclusiveMinimum: 1 },
    ],
  ]
  const place = fc.constantFrom(
    ...[
      ["name"],
      ["label"],
      ["license"],
      ["url"],
      ["config"],
      ["inputs"],
      ["environment"],
      ["capabilities"],
      ["custom"],
      ["extra"],
      ["flywheel"],
    ],
    ...[
      ["config", "x"],
      ["inputs", "x"],
      ["environment", "x"],
      ["output_configuration"],
      ["output_configuration", "enforce_file_version_match"],
    ],
    ...[
      ["config", "x", "type"],
      ["config", "x", "items"],
      ["config", "x", "properties"],
      ["inputs", "scan", "type"],
      ["inputs", "scan", "optional"],
    ],
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(place, fc.constantFrom(...values)), { minLength: 1, maxLength: 2 }), (changes) => {
      const manifest: Record<string, unknown> = structuredClone(MANIFEST)
      for (const [path, value] of changes) put(manifest, path, value)
      const text = JSON.stringify(manifest)
      assert.equal(validate(JSON.parse(text)), parseManifest(text).ok, text)
    }),
    { numRuns: 1000 },
  )
})

function put(object: Record<string, unknown>, path: readonly string[], value: JsonValue): void {
  const [first = "", ...rest] = path
  if (rest.length === 0) object[first] = structuredClone(value)
  else {
    const inner = object[first]
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) object[first] = {}
    put(object[first] as Record<string, unknown>, rest, value)
  }
}
