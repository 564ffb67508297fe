import type { Digest, ImageDeclaration, Platform } from "@geartrain/spec"
import { isDigest } from "@geartrain/spec"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"

/** Points to bytes by their digest. @see OCI image specification 1.1, descriptor.md */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly sizeBytes: number
  readonly annotations: Readonly<Record<string, string>>
  /** `os/architecture` and, of some, `/variant`. */
  readonly platform?: string
}

/** An image's list of layers, or a list of such lists for several platforms. */
export type ImageDocument =
  | { readonly kind: "index"; readonly manifests: readonly Descriptor[] }
  | { readonly kind: "manifest"; readonly config: Descriptor; readonly layers: readonly Descriptor[] }

/** What the config of an image says. */
export interface ImageConfig {
  readonly declaration: ImageDeclaration
  readonly platform?: Platform
  /** Digests of the layers when unpacked, from the lowest up. */
  readonly diffIds: readonly Digest[]
}

/** One image of a docker archive: paths in the archive. */
export interface DockerImage {
  readonly config: string
  readonly names: readonly string[]
  readonly layers: readonly string[]
}

/** Registries allow 4 MiB for a manifest. */
export const MOST_DOCUMENT_BYTES = 4 * 1024 * 1024

/**
 * Reads an image manifest or an image index, of OCI or of docker's schema 2.
 *
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID
 * @see OCI image specification 1.1, manifest.md and image-index.md; docker, "Image Manifest Version 2, Schema 2"
 */
export function parseImageDocument(bytes: Uint8Array, place: ImagePlace): ImageDocument {
  const reader = new DocumentReader(place, "image manifest")
  const document = reader.object(reader.parse(bytes), "it")
  if (document["schemaVersion"] !== 2) {
    throw reader.fault(
      "it is not of schema version 2",
      "Push the image again with a docker or podman of the last years",
    )
  }
  if (Array.isArray(document["manifests"])) {
    return { kind: "index", manifests: document["manifests"].map((each) => parseDescriptor(reader, each)) }
  }
  const config = parseDescriptor(reader, document["config"])
  if (!CONFIG_TYPES.has(config.mediaType)) {
    const problem = `it describes something of type "${config.mediaType}", which is no container image`
    throw config.mediaType.startsWith(OF_CATALOGUES)
      ? reader.fault(problem, "Take it in as what it is: gear install NAME@VERSION --catalogue HOST/PATH")
      : reader.fault(problem)
  }
  const layers = reader.array(document["layers"], "layers")
  return { kind: "manifest", config, layers: layers.map((each) => parseDescriptor(reader, each)) }
}

/** A gear in a catalogue. @see docs/spec/catalogue.md */
const OF_CATALOGUES = "application/vnd.geartrain.gear."

const CONFIG_TYPES = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
])

function parseDescriptor(reader: DocumentReader, value: unknown): Descriptor {
  const descriptor = reader.object(value, "a descriptor")
  const digest = descriptor["digest"]
  const sizeBytes = descriptor["size"]
  if (typeof digest !== "string" || !isDigest(digest))
    throw reader.fault(`it names bytes by ${JSON.stringify(digest)}, which is no sha256`)
  if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw reader.fault(`it gives ${digest} the size ${JSON.stringify(sizeBytes)}`)
  }
  const mediaType = typeof descriptor["mediaType"] === "string" ? descriptor["mediaType"] : ""
  const platform = platformWords(descriptor["platform"])
  const annotations = textsOf(descriptor["annotations"])
  return { mediaType, digest, sizeBytes, annotations, ...(platform === undefined ? {} : { platform }) }
}

function platformWords(value: unknown): string | undefined {
  const { os, architecture, variant } = recordOf(value)
  if (typeof os !== "string" || typeof architecture !== "string") return undefined
  return typeof variant === "string" && variant !== "" ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`
}

/**
 * Reads the config of an image.
 *
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID
 * @see OCI image specification 1.1, config.md
 */
export function parseImageConfig(bytes: Uint8Array, place: ImagePlace): ImageConfig {
  const reader = new DocumentReader(place, "image config")
  const document = reader.object(reader.parse(bytes), "it")
  const { os, architecture } = document
  const rootfs = reader.object(document["rootfs"], "rootfs")
  const diffIds = reader.array(rootfs["diff_ids"], "rootfs.diff_ids").map((each) => {
    if (typeof each === "string" && isDigest(each)) return each
    throw reader.fault(`it names a layer by ${JSON.stringify(each)}, which is no sha256`)
  })
  const config = recordOf(document["config"])
  const declaration: ImageDeclaration = {
    env: listOf(config["Env"]),
    user: textOf(config["User"]),
    workdir: textOf(config["WorkingDir"]),
    entrypoint: listOf(config["Entrypoint"]),
    cmd: listOf(config["Cmd"]),
    labels: textsOf(config["Labels"]),
  }
  const isKnown = typeof os === "string" && os !== "" && typeof architecture === "string" && architecture !== ""
  return { declaration, diffIds, ...(isKnown ? { platform: `${os}/${architecture}` as const } : {}) }
}

/**
 * Reads `manifest.json` of a docker archive.
 *
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID
 * @see moby, image/tarexport/tarexport.go, manifestItem
 */
export function parseDockerManifest(bytes: Uint8Array, place: ImagePlace): readonly DockerImage[] {
  const reader = new DocumentReader(place, "manifest.json")
  return reader.array(reader.parse(bytes), "it").map((each) => {
    const item = reader.object(each, "an image in it")
    const config = item["Config"]
    if (typeof config !== "string") throw reader.fault("an image in it has no Config")
    const layers = reader.array(item["Layers"], "Layers").map((layer) => {
      if (typeof layer === "string") return layer
      throw reader.fault("a layer in it is no path")
    })
    return { config, names: listOf(item["RepoTags"]), layers }
  })
}

class DocumentReader {
  readonly #place: ImagePlace
  readonly #what: string

  constructor(place: ImagePlace, what: string) {
    this.#place = place
    this.#what = what
  }

  parse(bytes: Uint8Array): unknown {
    try {
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"))
    } catch (error) {
      throw this.fault("it is no JSON", undefined, error)
    }
  }

  object(value: unknown, what: string): Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.fault(`${what} is no JSON object`)
    return value as Record<string, unknown>
  }

  array(value: unknown, what: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.fault(`${what} is no JSON array`)
    return value
  }

  fault(problem: string, hint = "Save or push the image again", cause?: unknown): Error {
    return imageError("IMAGE_MANIFEST_INVALID", this.#place, {
      problem: `its ${this.#what} is invalid: ${problem}`,
      hint,
      cause,
    })
  }
}

/** Members that only describe are read as far as they make sense: docker writes null for an empty list. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : []
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recordOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  )
}
