import { createHash } from "node:crypto"
import { makeTar } from "./make-tar.ts"

export interface TestImage {
  /** Tar streams, from the lowest up, and how each is packed. */
  readonly layers: readonly { readonly tar: Buffer; readonly packed?: Buffer; readonly diffId?: string }[]
  readonly config?: object
  /** Changes the image manifest before it is written down. */
  readonly changeManifest?: (manifest: ImageManifest) => object
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string }
  readonly name?: string
}

export interface ImageManifest {
  schemaVersion: number
  mediaType: string
  config: { mediaType: string; digest: string; size: number }
  layers: { mediaType: string; digest: string; size: number }[]
}

export type Blobs = Map<string, Buffer>

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

/** Puts the blobs of an image into the map, and answers with the descriptor of its manifest. */
export function makeImage(image: TestImage, blobs: Blobs): object {
  const put = (bytes: Buffer, mediaType: string): { mediaType: string; digest: string; size: number } => {
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const { platform = { os: "linux", architecture: "amd64" } } = image
  const config = {
    ...platform,
    config: image.config ?? {},
    rootfs: { type: "layers", diff_ids: image.layers.map(({ tar, diffId }) => diffId ?? digestOf(tar)) },
  }
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: put(json(config), "application/vnd.oci.image.config.v1+json"),
    layers: image.layers.map(({ tar, packed }) => put(packed ?? tar, "application/vnd.oci.image.layer.v1.tar")),
  }
  const descriptor = put(json(image.changeManifest?.(manifest) ?? manifest), manifest.mediaType)
  const annotations =
    image.name === undefined ? {} : { annotations: { "org.opencontainers.image.ref.name": image.name } }
  return { ...descriptor, platform, ...annotations }
}

/** Packs images into an OCI archive. */
export function makeOciArchive(images: readonly TestImage[], change: (blobs: Blobs) => void = () => {}): Buffer {
  const blobs: Blobs = new Map()
  const manifests = images.map((image) => makeImage(image, blobs))
  const index = json({ schemaVersion: 2, manifests })
  change(blobs)
  return makeTar([
    { path: "oci-layout", body: '{"imageLayoutVersion":"1.0.0"}' },
    { path: "index.json", body: index },
    ...[...blobs].map(([digest, body]) => ({ path: `blobs/sha256/${digest.slice(7)}`, body })),
  ])
}

/** An OCI archive with one image of these layers. */
export function ociArchive(...layers: readonly Buffer[]): Buffer {
  return makeOciArchive([{ layers: layers.map((tar) => ({ tar })) }])
}

export function json(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document))
}
