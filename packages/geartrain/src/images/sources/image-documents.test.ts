import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import { type Descriptor, parseDockerManifest, parseImageConfig, parseImageDocument } from "./image-documents.ts"
import { type ImageChoice, pickImage } from "./pick-image.ts"

const PLACE = { reference: "a.tar" }
const DIGEST = `sha256:${"a".repeat(64)}`
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const descriptor = (more: object = {}) => ({ mediaType: "t", digest: DIGEST, size: 3, ...more })
const CONFIG = descriptor({ mediaType: "application/vnd.oci.image.config.v1+json" })

test("a manifest and an index are read as far as they matter", () => {
  const manifest = parseImageDocument(json({ schemaVersion: 2, config: CONFIG, layers: [descriptor()], x: 1 }), PLACE)
  assert.deepEqual(manifest, {
    kind: "manifest",
    config: { mediaType: CONFIG.mediaType, digest: DIGEST, sizeBytes: 3, annotations: {} },
    layers: [{ mediaType: "t", digest: DIGEST, sizeBytes: 3, annotations: {} }],
  })
  const platform = { os: "linux", architecture: "arm", variant: "v7" }
  const index = parseImageDocument(
    json({ schemaVersion: 2, manifests: [descriptor({ platform, annotations: { a: "b", c: 1 } }), descriptor()] }),
    PLACE,
  )
  assert.equal(index.kind, "index")
  assert.deepEqual(
    index.kind === "index" && index.manifests.map(({ platform: words, annotations }) => [words, annotations]),
    [
      ["linux/arm/v7", { a: "b" }],
      [undefined, {}],
    ],
  )
})

test("documents that lie about digests, sizes or what they describe are refused by one code", () => {
  const whole = { schemaVersion: 2, config: CONFIG, layers: [descriptor()] }
  for (const [value, problem] of [
    [{ ...whole, schemaVersion: 1 }, /not of schema version 2/],
    [{ ...whole, layers: {} }, /layers is no JSON array/],
    [{ ...whole, layers: [null] }, /a descriptor is no JSON object/],
    [{ ...whole, layers: [descriptor({ digest: "sha256:abc" })] }, /is no sha256/],
    [{ ...whole, layers: [descriptor({ digest: `sha512:${"a".repeat(128)}` })] }, /is no sha256/],
    [{ ...whole, layers: [descriptor({ size: -1 })] }, /the size -1/],
    [{ ...whole, layers: [descriptor({ size: 1.5 })] }, /the size 1\.5/],
    [{ ...whole, layers: [descriptor({ size: "3" })] }, /the size "3"/],
    [
      { ...whole, config: descriptor({ mediaType: "application/vnd.cncf.helm.config" }) },
      /which is no container image/,
    ],
    [[], /it is no JSON object/],
    [null, /it is no JSON object/],
  ] as const) {
    assert.throws(
      () => parseImageDocument(json(value), PLACE),
      (error: { code: string; message: string }) =>
        error.code === "IMAGE_MANIFEST_INVALID" && problem.test(error.message),
      JSON.stringify(value),
    )
  }
})

test("whatever the bytes are, they are read or refused by one code", () => {
  const parsers = [parseImageDocument, parseImageConfig, parseDockerManifest]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(bytes, fc.constantFrom(...parsers), (input, parse) => {
      try {
        parse(input, PLACE)
      } catch (error) {
        assert.ok(isGeartrainError(error, "IMAGE_MANIFEST_INVALID"), String(error))
      }
    }),
  )
})

test("a config tells what the image declares, and docker's null stands for an empty list", () => {
  const config = parseImageConfig(
    json({
      os: "linux",
      architecture: "amd64",
      config: { Env: ["A=1", 5], Cmd: null, User: "me", Labels: { a: "b", n: 1 } },
      rootfs: { type: "layers", diff_ids: [DIGEST] },
    }),
    PLACE,
  )
  assert.equal(config.platform, "linux/amd64")
  assert.deepEqual(config.diffIds, [DIGEST])
  assert.deepEqual(config.declaration, {
    env: ["A=1"],
    user: "me",
    workdir: "",
    entrypoint: [],
    cmd: [],
    labels: { a: "b" },
  })
  const bare = parseImageConfig(json({ os: "", rootfs: { diff_ids: [] } }), PLACE)
  assert.equal(bare.platform, undefined)
  assert.throws(() => parseImageConfig(json({ rootfs: { diff_ids: ["no"] } }), PLACE), {
    code: "IMAGE_MANIFEST_INVALID",
  })
})

test("docker's list of images has paths, and a layer that is none is refused", () => {
  const images = parseDockerManifest(json([{ Config: "c.json", RepoTags: null, Layers: ["l/layer.tar"] }]), PLACE)
  assert.deepEqual(images, [{ config: "c.json", names: [], layers: ["l/layer.tar"] }])
  for (const value of [{}, [{ Layers: [] }], [{ Config: "c", Layers: [1] }], [{ Config: "c" }]]) {
    assert.throws(() => parseDockerManifest(json(value), PLACE), { code: "IMAGE_MANIFEST_INVALID" })
  }
})

function image(platform?: string, name?: string): Descriptor {
  return {
    mediaType: "m",
    digest: `sha256:${Buffer.from(`${platform} ${name}`).toString("hex").padEnd(64, "0").slice(0, 64)}`,
    sizeBytes: 1,
    annotations: name === undefined ? {} : { "org.opencontainers.image.ref.name": name },
    ...(platform === undefined ? {} : { platform }),
  }
}

function picked(images: readonly Descriptor[], choice: Partial<ImageChoice> = {}): string {
  try {
    return String(images.indexOf(pickImage(images, { hostPlatform: "linux/amd64", ...choice }, PLACE)))
  } catch (error) {
    assert.ok(isGeartrainError(error), String(error))
    assert.notEqual(error.hint, undefined)
    return error.code
  }
}

test("the only image is taken, unless another platform was asked for by name", () => {
  assert.equal(picked([image("linux/arm64")]), "0")
  assert.equal(picked([image()], { platform: "linux/arm64" }), "0")
  assert.equal(picked([image("linux/arm64")], { platform: "linux/amd64" }), "IMAGE_PLATFORM_MISSING")
  assert.equal(picked([]), "IMAGE_NOT_FOUND")
})

test("of several the machine's own is taken, of variants the plainest, and nothing is guessed", () => {
  const many = [image("linux/arm64"), image("linux/amd64/v3"), image("linux/amd64")]
  assert.equal(picked(many), "2")
  assert.equal(picked(many, { platform: "linux/arm64" }), "0")
  assert.equal(picked(many, { platform: "linux/amd64/v3" }), "1")
  assert.equal(picked(many, { platform: "linux/s390x" }), "IMAGE_PLATFORM_MISSING")
  assert.equal(picked([image("linux/arm/v6"), image("linux/arm/v7")], { platform: "linux/arm" }), "IMAGE_AMBIGUOUS")
  assert.equal(picked([image("linux/amd64"), image()]), "IMAGE_AMBIGUOUS")
})

test("signatures beside an image are no images, and a name picks among those that have it", () => {
  const statement = {
    ...image("unknown/unknown"),
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  }
  assert.equal(picked([statement, image("linux/amd64")]), "1")
  assert.equal(picked([statement]), "IMAGE_NOT_FOUND")
  const named = [image("linux/amd64", "one"), image("linux/amd64", "two")]
  assert.equal(picked(named, { name: "two" }), "1")
  assert.equal(picked(named, { name: "three" }), "IMAGE_NOT_FOUND")
  assert.equal(picked(named), "IMAGE_AMBIGUOUS", "two images for one platform are two gears")
  assert.equal(picked([image("linux/amd64"), image("linux/amd64")]), "0", "one that is listed twice is one")
})
