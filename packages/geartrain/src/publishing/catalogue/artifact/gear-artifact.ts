import type { ArtifactDescriptor } from "@geartrain/ports"
import { canonicalJson, type Gear, type GearId, isDigest, type Platform, type TreeDigest } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { damaged, decodeDescriptor, encodeDescriptor } from "./oci-descriptor.ts"

export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
export const GEAR_ARTIFACT = "application/vnd.geartrain.gear.v1"
export const GEAR_CONFIG = "application/vnd.geartrain.gear.manifest.v1+json"

/** A gear as a catalogue shows it, from its manifest there alone. What is said of it is proven only when it is installed. */
export interface PublishedGear {
  readonly name: string
  readonly version: string
  readonly gear: GearId
  readonly platform: Platform
  readonly tree: TreeDigest
  readonly label: string
  readonly description: string
  readonly author: string
  readonly license: string
  /** Bytes of the files in its root filesystem. */
  readonly sizeBytes: number
  /** The manifest that says so. */
  readonly manifest: ArtifactDescriptor
  /** The gear manifest. */
  readonly config: ArtifactDescriptor
  /** The root filesystem: a tar, perhaps compressed. */
  readonly layer: ArtifactDescriptor
}

/** What is written to publish a gear, beside its layer. */
export interface GearArtifact {
  readonly config: { readonly descriptor: ArtifactDescriptor; readonly bytes: Uint8Array }
  readonly manifest: { readonly mediaType: string; readonly bytes: Uint8Array }
}

/**
 * Describes a gear as an OCI artifact: its gear manifest is the config, and its root filesystem the only layer. Nothing in it tells of a time or
 * a place, so that the same gear is the same artifact.
 *
 * @see OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"
 */
export function describeArtifact(gear: Gear, layer: ArtifactDescriptor): GearArtifact {
  const bytes = Buffer.from(canonicalJson(gear.manifest))
  const descriptor = { mediaType: GEAR_CONFIG, digest: sha256(bytes), sizeBytes: bytes.length }
  const document = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: GEAR_ARTIFACT,
    config: encodeDescriptor(descriptor),
    layers: [encodeDescriptor(layer)],
    annotations: annotationsOf(gear),
  }
  return {
    config: { descriptor, bytes },
    manifest: { mediaType: IMAGE_MANIFEST, bytes: Buffer.from(JSON.stringify(document)) },
  }
}

function annotationsOf({ id, platform, tree, sizeBytes, manifest }: Gear): Readonly<Record<string, string>> {
  return {
    [ID]: id,
    [PLATFORM]: platform,
    [TREE]: tree,
    [LABEL]: manifest.label,
    [SIZE]: String(sizeBytes),
    [TITLE]: manifest.name,
    [VERSION]: manifest.version,
    [DESCRIPTION]: manifest.description,
    [AUTHORS]: manifest.author,
    [LICENSES]: manifest.license,
    "org.opencontainers.image.url": manifest.url,
    "org.opencontainers.image.source": manifest.source,
  }
}

const ID = "geartrain.gear"
const PLATFORM = "geartrain.platform"
const TREE = "geartrain.tree"
const LABEL = "geartrain.label"
const SIZE = "geartrain.size"
/** @see OCI image specification 1.1, annotations.md, "Pre-Defined Annotation Keys" */
const TITLE = "org.opencontainers.image.title"
const VERSION = "org.opencontainers.image.version"
const DESCRIPTION = "org.opencontainers.image.description"
const AUTHORS = "org.opencontainers.image.authors"
const LICENSES = "org.opencontainers.image.licenses"

/**
 * Reads what a catalogue says of a gear.
 *
 * @param what  For messages: `fsl-bet@1.0.0`.
 * @returns undefined for what is no gear: a catalogue may share its registry with images.
 * @throws {GeartrainError} CATALOGUE_DAMAGED
 */
export function readArtifact(bytes: Uint8Array, manifest: ArtifactDescriptor, what: string): PublishedGear | undefined {
  const document = parse(bytes, what)
  const config = decodeDescriptor(document["config"], what)
  if (config.mediaType !== GEAR_CONFIG) return undefined
  const { layers, annotations } = document
  if (!Array.isArray(layers) || layers.length !== 1) throw damaged(what, "it has not one layer")
  const notes = (typeof annotations === "object" && annotations !== null ? annotations : {}) as Record<string, unknown>
  const text = (key: string): string => {
    const value = Object.hasOwn(notes, key) ? notes[key] : undefined
    return typeof value === "string" ? value : ""
  }
  const [gear, tree, platform] = [text(ID), text(TREE), text(PLATFORM)]
  if (!isDigest(gear) || !isDigest(tree) || !/^\w+\/\w+/.test(platform) || text(TITLE) === "" || text(VERSION) === "") {
    throw damaged(what, "it does not say which gear it is")
  }
  return {
    name: text(TITLE),
    version: text(VERSION),
    gear,
    tree,
    platform: platform as Platform,
    label: text(LABEL),
    description: text(DESCRIPTION),
    author: text(AUTHORS),
    license: text(LICENSES),
    sizeBytes: Number(text(SIZE)) || 0,
    manifest,
    config,
    layer: decodeDescriptor(layers[0], what),
  }
}

function parse(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? {}
  } catch (error) {
    throw damaged(what, "it is no JSON", error)
  }
}
