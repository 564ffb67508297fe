import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type JsonObject } from "@geartrain/spec"
import fc from "fast-check"
import { digest, gear } from "../../../../test/stores/records/sample-records.ts"
import { sha256 } from "../../../system/hash.ts"
import { describeArtifact, GEAR_CONFIG, readArtifact } from "./gear-artifact.ts"
import { decodeDescriptor, encodeDescriptor } from "./oci-descriptor.ts"

const LAYER = { mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", digest: digest(7), sizeBytes: 1234 }
const MANIFEST = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: digest(8), sizeBytes: 1 }

function documentOf(): Record<string, unknown> {
  return JSON.parse(Buffer.from(describeArtifact(gear(1), LAYER).manifest.bytes).toString("utf8"))
}

function read(document: unknown) {
  return readArtifact(Buffer.from(JSON.stringify(document)), MANIFEST, "g@1")
}

function isRefused(document: unknown): void {
  assert.throws(
    () => read(document),
    (error) => isGeartrainError(error, "CATALOGUE_DAMAGED"),
    JSON.stringify(document),
  )
}

test("what is written of a gear is read again, and is the same whenever it is written", () => {
  const sample = gear(1)
  const { config, manifest } = describeArtifact(sample, LAYER)
  assert.deepEqual(describeArtifact(sample, LAYER).manifest.bytes, manifest.bytes)
  assert.equal(config.descriptor.digest, sha256(config.bytes))
  const found = readArtifact(manifest.bytes, MANIFEST, "g@1")
  assert.deepEqual(found, {
    name: "gear-1",
    version: "1.0.0",
    gear: sample.id,
    tree: sample.tree,
    platform: "linux/amd64",
    label: "Gear",
    description: "Does nothing",
    author: "The authors",
    license: "Apache-2.0",
    sizeBytes: 1000,
    manifest: MANIFEST,
    config: config.descriptor,
    layer: LAYER,
  })
})

test("an image that is no gear is passed over", () => {
  const config = { ...(documentOf()["config"] as JsonObject), mediaType: "application/vnd.oci.image.config.v1+json" }
  assert.equal(read({ ...documentOf(), config }), undefined)
})

test("a gear that does not say which it is, or has not one layer, is refused", () => {
  const whole = documentOf()
  const notes = whole["annotations"] as Readonly<Record<string, string>>
  for (const name of [
    "geartrain.gear",
    "geartrain.tree",
    "geartrain.platform",
    "org.opencontainers.image.title",
    "org.opencontainers.image.version",
  ]) {
    isRefused({ ...whole, annotations: { ...notes, [name]: "" } })
    isRefused({ ...whole, annotations: { ...notes, [name]: 7 } })
  }
  for (const layers of [undefined, [], {}, [1, 2], [encodeDescriptor(LAYER), encodeDescriptor(LAYER)], [null]])
    isRefused({ ...whole, layers })
  for (const annotations of [null, [], "x"]) isRefused({ ...whole, annotations })
})

test("whatever JSON it is, it is read or refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("config", "layers", "annotations", "whole"), (value, part) => {
      const document = part === "whole" ? value : { ...documentOf(), [part]: value }
      try {
        read(document)
      } catch (error) {
        assert.ok(isGeartrainError(error, "CATALOGUE_DAMAGED"), String(error))
      }
    }),
  )
  for (const bytes of [Buffer.from(""), Buffer.from("{"), Buffer.from([0xff, 0xfe])]) {
    assert.throws(
      () => readArtifact(bytes, MANIFEST, "g@1"),
      (error) => isGeartrainError(error, "CATALOGUE_DAMAGED"),
    )
  }
})

test("a descriptor is whole, with a size that bytes can have, or is none", () => {
  const whole = { mediaType: GEAR_CONFIG, digest: digest(1), size: 3 }
  assert.deepEqual(decodeDescriptor(whole, "it"), { mediaType: GEAR_CONFIG, digest: digest(1), sizeBytes: 3 })
  const changes = [
    { size: -1 },
    { size: 1.5 },
    { size: "3" },
    { size: 2 ** 60 },
    { digest: "sha256:../x" },
    { digest: undefined },
    { mediaType: 1 },
  ]
  for (const change of changes) {
    assert.throws(
      () => decodeDescriptor({ ...whole, ...change }, "it"),
      (error) => isGeartrainError(error, "CATALOGUE_DAMAGED"),
    )
  }
})
