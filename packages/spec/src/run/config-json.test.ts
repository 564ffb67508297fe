import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { configJson, inputPath, LOCAL_DESTINATION } from "./config-json.ts"

const MANIFEST = {
  name: "bet",
  inputs: {
    scan: { base: "file" },
    more: { base: "file", optional: true },
    word: { base: "context" },
    lost: { base: "context" },
    key: { base: "api-key" },
    reader: { base: "api-key", "read-only": true },
  },
  config: {},
  custom: { flywheel: { "show-job": true } },
} as unknown as GearManifest

const SCAN = {
  base: "file",
  name: "t1.nii.gz",
  object: { type: "nifti", mimetype: "application/gzip", size: 12 },
} as const

test("the document has config, inputs with all that a gear is shown, destination and job", () => {
  const document = configJson(MANIFEST, {
    config: { threshold: 0.5 },
    inputs: {
      scan: { ...SCAN, hierarchy: { type: "acquisition", id: "5dc091f669d4f3002a16ee9e" } },
      word: { base: "context", found: true, value: { a: 1 } },
    },
    destination: { type: "session", id: "5dc091f669d4f3002a16ee9d" },
    keys: { key: "host:secret", reader: "host:other" },
    jobId: "64b5f0c0ffee64b5f0c0ffee",
  })
  assert.equal(
    JSON.stringify(document),
    JSON.stringify({
      config: { threshold: 0.5 },
      inputs: {
        scan: {
          base: "file",
          hierarchy: { type: "acquisition", id: "5dc091f669d4f3002a16ee9e" },
          location: { name: "t1.nii.gz", path: "/flywheel/v0/input/scan/t1.nii.gz" },
          object: {
            info: {},
            tags: [],
            measurements: [],
            classification: {},
            mimetype: "application/gzip",
            type: "nifti",
            modality: null,
            size: 12,
          },
        },
        word: { base: "context", found: true, value: { a: 1 } },
        lost: { base: "context", found: false },
        key: { base: "api-key", key: "host:secret" },
        reader: { base: "api-key", key: "host:other", "read-only": true },
      },
      destination: { type: "session", id: "5dc091f669d4f3002a16ee9d" },
      job: { id: "64b5f0c0ffee64b5f0c0ffee" },
    }),
  )
})

test("of a file's description a gear is shown what is on the list, and nothing else", () => {
  const object = {
    ...{
      type: "dicom",
      modality: "MR",
      size: 5,
      tags: ["a"],
      info: { x: 1 },
      hash: "secret",
      classification: { Intent: ["Structural"], Features: ["2D", "Fast"] },
    },
    ...{ file_id: "f1", version: 2, zip_member_count: 3, origin: { type: "user", id: "u" }, created: "2020" },
  }
  const document = configJson(MANIFEST, { config: {}, inputs: { scan: { ...SCAN, object } } })
  const shown = (document["inputs"] as Record<string, { object: object }>)["scan"]?.object
  assert.deepEqual(shown, {
    info: { x: 1 },
    tags: ["a"],
    measurements: ["Structural", "2D", "Fast"],
    classification: { Intent: ["Structural"], Features: ["2D", "Fast"] },
    mimetype: "application/octet-stream",
    type: "dicom",
    modality: "MR",
    size: 5,
    zip_member_count: 3,
    version: 2,
    file_id: "f1",
    origin: { type: "user", id: "u" },
  })
})

test("without a hierarchy there is a destination all the same, and inputs lie in it", () => {
  const document = configJson(MANIFEST, { config: {}, inputs: { scan: SCAN } })
  assert.deepEqual(document["destination"], LOCAL_DESTINATION)
  assert.deepEqual((document["inputs"] as Record<string, { hierarchy: object }>)["scan"]?.hierarchy, LOCAL_DESTINATION)
})

test("inputs that are not given have no entry, and a key that is not given is in no record", () => {
  const document = configJson(MANIFEST, { config: {}, inputs: { key: { base: "api-key" } }, keys: {} })
  assert.deepEqual(document["inputs"], {
    word: { base: "context", found: false },
    lost: { base: "context", found: false },
  })
})

test("only a gear that asks for its job is told it", () => {
  const { custom: _, ...silent } = MANIFEST as unknown as Record<string, unknown>
  const document = configJson(silent as unknown as GearManifest, { config: {}, inputs: {}, jobId: "1" })
  assert.equal("job" in document, false)
  assert.equal("job" in configJson(MANIFEST, { config: {}, inputs: {} }), false)
})

test("an input lies in a folder of its name", () =>
  assert.equal(inputPath("a b", "c.txt"), "/flywheel/v0/input/a b/c.txt"))
