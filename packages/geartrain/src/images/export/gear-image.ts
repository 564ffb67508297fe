import {
  DEFAULT_PATH,
  type Digest,
  GEAR_FOLDER,
  type Gear,
  type GearManifest,
  gearCommand,
  isGeartrainError,
} from "@geartrain/spec"
import { sha256 } from "../../system/hash.ts"
import type { PackedLayer } from "./pack-layer.ts"

/** A document of an image: its bytes and their digest. */
export interface ImageBlob {
  readonly bytes: Buffer
  readonly digest: Digest
}

/** An export is the same bytes each time, so nothing in it says when it was made. */
const CREATED = "1970-01-01T00:00:00Z"

/**
 * Writes the config of an image that runs a gear as the gear specification says: in `/flywheel/v0`, with the manifest's environment and
 * command. It is the command and no entrypoint, so that `docker run IMAGE bash` gives a shell.
 *
 * @see OCI image specification 1.1, config.md
 */
export function imageConfig(gear: Gear, layer: PackedLayer): ImageBlob {
  const { manifest } = gear
  const [os, architecture] = gear.platform.split("/")
  const environment = { PATH: DEFAULT_PATH, ...manifest.environment }
  return toBlob({
    created: CREATED,
    architecture,
    os,
    config: {
      ...startOf(manifest),
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      WorkingDir: GEAR_FOLDER,
      Labels: labelsOf(gear),
    },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
    history: [{ created: CREATED, created_by: "gear export", comment: manifest.name }],
  })
}

/** @see OCI image specification 1.1, manifest.md */
export function imageManifest(config: ImageBlob, layer: PackedLayer): ImageBlob {
  return toBlob({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.sizeBytes }],
  })
}

/** @see OCI image specification 1.1, image-index.md and annotations.md */
export function imageIndex(gear: Gear, manifest: ImageBlob): Buffer {
  const [os, architecture] = gear.platform.split("/")
  const descriptor = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: manifest.digest,
    size: manifest.bytes.length,
    platform: { architecture, os },
    annotations: { "org.opencontainers.image.ref.name": imageName(gear.manifest) },
  }
  return encode({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [descriptor] })
}

/**
 * The name that an exported image has in docker: the gear's name and version, in the letters that docker allows.
 *
 * @example
 *   imageName({ name: "lambda-variants", version: "1.0.0+2" }) // => "lambda-variants:1.0.0-2"
 */
export function imageName({ name, version }: Pick<GearManifest, "name" | "version">): string {
  const repository =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "gear"
  const tag =
    version
      .replaceAll(/[^\w.-]/g, "-")
      .replace(/^[.-]+/, "")
      .slice(0, MOST_TAG) || "latest"
  return `${repository}:${tag}`
}

const MOST_TAG = 128

function startOf(manifest: GearManifest): { readonly Cmd: readonly string[]; readonly User?: string } {
  try {
    const { command, uid, gid } = gearCommand(manifest)
    return { Cmd: command, ...(uid === 0 && gid === 0 ? {} : { User: `${uid}:${gid}` }) }
  } catch (error) {
    // A gear that must not be started may still be exported; its image has nothing to start.
    if (isGeartrainError(error, "MANIFEST_INVALID")) return { Cmd: [] }
    throw error
  }
}

/** @see OCI image specification 1.1, annotations.md, "Pre-Defined Annotation Keys" */
function labelsOf({ id, manifest }: Gear): Readonly<Record<string, string>> {
  return {
    "geartrain.gear": id,
    "org.opencontainers.image.title": manifest.name,
    "org.opencontainers.image.version": manifest.version,
    "org.opencontainers.image.description": manifest.description,
    "org.opencontainers.image.licenses": manifest.license,
    "org.opencontainers.image.url": manifest.url,
    "org.opencontainers.image.source": manifest.source,
  }
}

function toBlob(document: unknown): ImageBlob {
  const bytes = encode(document)
  return { bytes, digest: sha256(bytes) }
}

function encode(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document))
}
