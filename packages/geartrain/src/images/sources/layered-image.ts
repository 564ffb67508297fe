import type { Digest, GearOrigin } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { sha256 } from "../../system/hash.ts"
import type { ImageLimits } from "../limits/image-limits.ts"
import {
  type Descriptor,
  type ImageConfig,
  type ImageDocument,
  MOST_DOCUMENT_BYTES,
  parseImageConfig,
  parseImageDocument,
} from "./image-documents.ts"
import type { ImageSource, Layer } from "./image-source.ts"
import { type ImageChoice, pickImage } from "./pick-image.ts"
import { digestMismatch, readStored, type StoredBytes, storedLayer } from "./stored-layer.ts"

/** Where the parts of an image come from. What they give is checked by whoever asks. */
export interface ImageBlobs {
  /** The bytes of a manifest, an index or a config. Undefined when they are not there. */
  document(descriptor: Descriptor, kind: "manifest" | "config"): Promise<Buffer | undefined>
  /** The bytes of a layer, on this machine's disk; brought here first where they are not. Undefined when they are not there. */
  layer(
    descriptor: Descriptor,
    options: { readonly place: ImagePlace; readonly signal?: AbortSignal },
  ): Promise<StoredBytes | undefined>
  close(): Promise<void>
}

export interface LayeredImageOptions {
  readonly place: ImagePlace
  readonly choice: ImageChoice
  readonly limits: ImageLimits
}

/** Descriptors in descriptors: an index of indexes is common, more is not. */
const MOST_INDEXES = 4

/**
 * Opens the image that an index or a manifest leads to.
 *
 * @param start  The document to begin with, and its digest where it has one that is known.
 * @param origin  Without the digest of the image manifest, which is found here.
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID, IMAGE_BLOB_MISSING, IMAGE_LAYER_DIGEST_MISMATCH and those of `pickImage`
 */
export async function openLayeredImage(
  start: { readonly document: ImageDocument; readonly digest?: Digest; readonly blobs: ImageBlobs },
  origin: GearOrigin,
  options: LayeredImageOptions,
): Promise<ImageSource> {
  const { place } = options
  const { blobs } = start
  let { document, digest } = start
  for (let depth = 0; document.kind === "index"; depth++) {
    if (depth === MOST_INDEXES) {
      const problem = "its indexes lead to indexes without end"
      throw imageError("IMAGE_MANIFEST_INVALID", place, { problem, hint: HINTS.notHonest })
    }
    const picked = pickImage(document.manifests, depth === 0 ? options.choice : withoutName(options.choice), place)
    document = parseImageDocument(await readDocument(blobs, { descriptor: picked, kind: "manifest" }, place), place)
    digest = picked.digest
  }
  const config = parseImageConfig(
    await readDocument(blobs, { descriptor: document.config, kind: "config" }, place),
    place,
  )
  const descriptors = checkedLayers(document.layers, config, options)
  let layers: Promise<readonly Layer[]> | undefined
  return {
    ...imageWords(config),
    origin: digest === undefined ? origin : { ...origin, imageDigest: digest },
    layers: ({ signal }) => {
      layers ??= findLayers(blobs, { descriptors, config, place, ...(signal === undefined ? {} : { signal }) })
      return layers
    },
    packedBytes: descriptors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    warnings: () => [],
    close: () => blobs.close(),
  }
}

interface LayersToFind {
  readonly descriptors: readonly Descriptor[]
  readonly config: ImageConfig
  readonly place: ImagePlace
  readonly signal?: AbortSignal
}

async function findLayers(blobs: ImageBlobs, wanted: LayersToFind): Promise<readonly Layer[]> {
  const { descriptors, config, signal } = wanted
  const layers: Layer[] = []
  for (const [number, descriptor] of descriptors.entries()) {
    const place = { ...wanted.place, part: layerName(number, descriptors.length) }
    const bytes = await blobs.layer(descriptor, { place, ...(signal === undefined ? {} : { signal }) })
    const diffId = config.diffIds[number]
    layers.push(
      storedLayer({
        bytes: checkedSize(bytes, descriptor, place),
        rules: { place, kind: "layer" },
        digest: descriptor.digest,
        ...(diffId === undefined ? {} : { diffId }),
      }),
    )
  }
  return layers
}

/** For messages: `layer 2 of 5`, the lowest first. */
export function layerName(number: number, count: number): string {
  return `layer ${number + 1} of ${count}`
}

/** What an image says of itself, as a source shows it. */
export function imageWords({ declaration, platform }: ImageConfig): Pick<ImageSource, "declaration" | "platform"> {
  return { declaration, ...(platform === undefined ? {} : { platform }) }
}

/**
 * The layers of an image manifest, once they are as many as the config says.
 *
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID, IMAGE_TOO_LARGE
 */
export function checkedLayers<Item>(
  layers: readonly Item[],
  config: ImageConfig,
  options: Pick<LayeredImageOptions, "place" | "limits">,
): readonly Item[] {
  const { place, limits } = options
  if (layers.length > limits.maxLayers) {
    const problem = `it has ${layers.length} layers, and may have ${limits.maxLayers}`
    throw imageError("IMAGE_TOO_LARGE", place, { problem, hint: layersHint(layers.length) })
  }
  if (layers.length !== config.diffIds.length) {
    const problem = `it has ${layers.length} layers, and its config names ${config.diffIds.length}`
    throw imageError("IMAGE_MANIFEST_INVALID", place, { problem, hint: "Save or push the image again" })
  }
  return layers
}

function layersHint(layers: number): string {
  return `Squash the image into fewer layers, or allow more: gear import --image-limit layers=${layers}`
}

/** In an index of an archive the name stands at the top; below it, only platforms are told apart. */
function withoutName({ name: _, ...choice }: ImageChoice): ImageChoice {
  return choice
}

async function readDocument(
  blobs: ImageBlobs,
  { descriptor, kind }: { readonly descriptor: Descriptor; readonly kind: "manifest" | "config" },
  place: ImagePlace,
): Promise<Buffer> {
  if (descriptor.sizeBytes > MOST_DOCUMENT_BYTES) throw tooLarge(descriptor.sizeBytes, place)
  const bytes = await blobs.document(descriptor, kind)
  if (bytes === undefined) throw missing(descriptor, place)
  const found = sha256(bytes)
  if (found !== descriptor.digest) throw digestMismatch({ place, expected: descriptor.digest, what: kind }, found)
  return bytes
}

/** @throws {GeartrainError} IMAGE_MANIFEST_INVALID when they are too many for a JSON document that somebody wrote */
export async function readWhole(bytes: StoredBytes, place: ImagePlace): Promise<Buffer> {
  if (bytes.sizeBytes > MOST_DOCUMENT_BYTES) throw tooLarge(bytes.sizeBytes, place)
  const chunks: Buffer[] = []
  for await (const chunk of readStored(bytes)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function tooLarge(sizeBytes: number, place: ImagePlace): Error {
  const problem = `its description has ${sizeBytes} bytes, and may have ${MOST_DOCUMENT_BYTES}`
  return imageError("IMAGE_MANIFEST_INVALID", place, { problem, hint: HINTS.notHonest })
}

function missing({ digest }: Descriptor, place: ImagePlace): Error {
  const hint = "Save the image again, with all its layers"
  return imageError("IMAGE_BLOB_MISSING", place, { problem: `its part ${digest} is not there`, hint })
}

function checkedSize(bytes: StoredBytes | undefined, descriptor: Descriptor, place: ImagePlace): StoredBytes {
  if (bytes === undefined) throw missing(descriptor, place)
  if (bytes.sizeBytes === descriptor.sizeBytes) return bytes
  throw imageError("IMAGE_LAYER_DIGEST_MISMATCH", place, {
    problem: `its part ${descriptor.digest} has ${bytes.sizeBytes} bytes, and the image says ${descriptor.sizeBytes}`,
    hint: "Copy or download the image again; if that does not help, do not trust its source",
  })
}
