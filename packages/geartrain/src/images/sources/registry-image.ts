import { join } from "node:path"
import { type Digest, type GearOrigin, hexOf, isGeartrainError } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { type Credentials, findCredentials } from "../../publishing/registry/auth-file.ts"
import { DEFAULT_PATIENCE, type HttpPatience } from "../../publishing/registry/http-fetch.ts"
import { RegistryClient } from "../../publishing/registry/registry-client.ts"
import { parseRegistryReference } from "../../publishing/registry/registry-reference.ts"
import { RegistrySession } from "../../publishing/registry/registry-session.ts"
import { delay } from "../../system/clock.ts"
import { open, rm } from "../../system/files.ts"
import { createHasher, sha256 } from "../../system/hash.ts"
import { type Descriptor, MOST_DOCUMENT_BYTES, parseImageDocument } from "./image-documents.ts"
import type { ImageSource } from "./image-source.ts"
import { type ImageBlobs, type LayeredImageOptions, openLayeredImage } from "./layered-image.ts"
import { writeWhole } from "./spool.ts"
import { digestMismatch, type StoredBytes } from "./stored-layer.ts"

export interface RegistryOptions extends LayeredImageOptions {
  /** An empty folder of this image's own, for its layers. The caller removes it. */
  readonly folder: string
  /** Where `docker login` keeps credentials. */
  readonly authFiles?: readonly string[]
  readonly patience?: Partial<HttpPatience>
  readonly signal?: AbortSignal
}

/**
 * Opens an image in a registry: reads what describes it, so its digest is known, and brings its layers here when they are asked for.
 *
 * Each layer is downloaded once, counted and hashed on the way, and what has not the size and digest that the image says is thrown away.
 *
 * @throws {GeartrainError} IMAGE_REFERENCE_INVALID, REGISTRY_*, IMAGE_MANIFEST_INVALID, IMAGE_LAYER_DIGEST_MISMATCH and those of `pickImage`
 */
export async function openRegistryImage(
  text: string,
  origin: GearOrigin,
  options: RegistryOptions,
): Promise<ImageSource> {
  const reference = parseRegistryReference(text)
  const { place, signal } = options
  const credentials: Credentials | undefined = await findCredentials(
    options.authFiles ?? [],
    reference.host,
    reference.repository,
  )
  const patience = { ...DEFAULT_PATIENCE, ...options.patience }
  const session = new RegistrySession(reference.host, {
    patience,
    ...(credentials === undefined ? {} : { credentials }),
  })
  const client = new RegistryClient(session, reference.repository)
  const wanted = reference.digest ?? reference.tag
  const bytes = await client.manifest(wanted, {
    maxBytes: MOST_DOCUMENT_BYTES,
    ...(signal === undefined ? {} : { signal }),
  })
  const digest = sha256(bytes)
  if (reference.digest !== undefined && digest !== reference.digest) {
    throw digestMismatch({ place, expected: reference.digest, what: "manifest" }, digest)
  }
  const blobs = new RegistryBlobs(client, {
    folder: options.folder,
    patience,
    ...(signal === undefined ? {} : { signal }),
  })
  const { name: _, ...choice } = options.choice
  return openLayeredImage({ document: parseImageDocument(bytes, place), digest, blobs }, origin, { ...options, choice })
}

interface DownloadOptions {
  readonly folder: string
  readonly patience: HttpPatience
  readonly signal?: AbortSignal
}

class RegistryBlobs implements ImageBlobs {
  readonly #client: RegistryClient
  readonly #options: DownloadOptions
  readonly #stored = new Map<Digest, StoredBytes>()

  constructor(client: RegistryClient, options: DownloadOptions) {
    this.#client = client
    this.#options = options
  }

  async document({ digest, sizeBytes }: Descriptor, kind: "manifest" | "config"): Promise<Buffer> {
    const { signal } = this.#options
    if (kind === "manifest") {
      return this.#client.manifest(digest, {
        maxBytes: MOST_DOCUMENT_BYTES,
        ...(signal === undefined ? {} : { signal }),
      })
    }
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of this.#client.blob(digest, signal === undefined ? {} : { signal })) {
      length += piece.length
      pieces.push(piece)
      // The caller sees that the digest is another one.
      if (length > sizeBytes) break
    }
    return Buffer.concat(pieces)
  }

  async layer(
    descriptor: Descriptor,
    asked: { readonly place: ImagePlace; readonly signal?: AbortSignal },
  ): Promise<StoredBytes> {
    const { digest, sizeBytes } = descriptor
    const known = this.#stored.get(digest)
    if (known !== undefined) return known
    const path = join(this.#options.folder, hexOf(digest))
    const { patience } = this.#options
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#download(path, descriptor, asked)
        break
      } catch (error) {
        await rm(path, { force: true })
        // Opening the connection was tried again already; this is for one that broke in the middle.
        if (!isGeartrainError(error, "REGISTRY_UNAVAILABLE") || attempt >= patience.retries) throw error
        await delay(patience.retryDelayMs * 2 ** attempt, asked.signal)
      }
    }
    const bytes = { path, start: 0, sizeBytes }
    this.#stored.set(digest, bytes)
    return bytes
  }

  async close(): Promise<void> {
    for (const { path } of this.#stored.values()) await rm(path, { force: true })
    this.#stored.clear()
  }

  async #download(
    path: string,
    descriptor: Descriptor,
    { place, signal }: { readonly place: ImagePlace; readonly signal?: AbortSignal },
  ): Promise<void> {
    const { digest, sizeBytes } = descriptor
    const hasher = createHasher()
    let length = 0
    const file = await open(path, "wx", 0o600)
    try {
      for await (const piece of this.#client.blob(digest, signal === undefined ? {} : { signal })) {
        length += piece.length
        if (length > sizeBytes) break
        hasher.update(piece)
        await writeWhole(file, piece)
      }
    } finally {
      await file.close()
    }
    if (length !== sizeBytes) {
      const found = length > sizeBytes ? "more bytes" : `${length} bytes`
      const problem = `the registry sends ${found} for ${digest}, and the image says ${sizeBytes}`
      throw imageError("IMAGE_LAYER_DIGEST_MISMATCH", place, { problem, hint: HINTS.copyAgain })
    }
    const found = hasher.digest()
    if (found !== digest) throw digestMismatch({ place, expected: digest, what: "bytes" }, found)
  }
}
