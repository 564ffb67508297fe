import type { Digest } from "@geartrain/spec"

/** How one part of an artifact names another. @see OCI image specification 1.1, descriptor.md */
export interface ArtifactDescriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly sizeBytes: number
}

/** The document that holds an artifact together, as it is kept. Its bytes have the descriptor's digest. */
export interface ArtifactManifest {
  readonly descriptor: ArtifactDescriptor
  readonly bytes: Uint8Array
}

export interface ManifestOptions {
  /** The name that leads to it from now on. Without one it is found by its digest, and as a referrer. */
  readonly tag?: string
  /** Only if nothing has this tag yet. */
  readonly onlyNew?: boolean
}

/**
 * Keeps artifacts in the form of OCI, apart by gear: blobs and manifests under their digests, and tags that lead to manifests.
 *
 * A manifest may name another as its `subject`; it is one of that one's referrers then, which is how signatures are found. Blobs have to be
 * written before a manifest that names them, so that a reader never finds a part missing. All methods may be called at once.
 *
 * A gear's name is that of a manifest: lower-case letters, digits and hyphens, of at most 100 characters. A tag is one of OCI's. What each method
 * promises is written as laws in `laws/catalogue-backend.ts`.
 *
 * Any method may throw what reaching the place throws: REGISTRY_UNAUTHORIZED, REGISTRY_BUSY, REGISTRY_UNAVAILABLE, REGISTRY_REPLY_INVALID.
 */
export interface CatalogueBackend {
  /** `exclusiveTags`: of several who write the same new tag at once with `onlyNew`, exactly one succeeds. */
  readonly capabilities: { readonly exclusiveTags: boolean }
  /** Names of the gears that there are, in no order. @throws {GeartrainError} CATALOGUE_NOT_LISTED when the place does not tell. */
  names(): AsyncIterable<string>
  /** Tags of a gear, in no order; none for a gear that there is not. */
  tags(gear: string): Promise<readonly string[]>
  /**
   * @param reference  A tag or a digest.
   * @throws {GeartrainError} CATALOGUE_DAMAGED when what is there has not the digest.
   */
  readManifest(gear: string, reference: string): Promise<ArtifactManifest | undefined>
  /** Answers once it is durable. @throws {GeartrainError} VERSION_EXISTS with `onlyNew` when the tag is taken; nothing is changed then. */
  writeManifest(
    gear: string,
    manifest: { readonly mediaType: string; readonly bytes: Uint8Array },
    options?: ManifestOptions,
  ): Promise<ArtifactDescriptor>
  /** @throws {GeartrainError} BLOB_NOT_FOUND before the first chunk; CATALOGUE_DAMAGED at the end when the bytes are others. */
  readBlob(gear: string, descriptor: ArtifactDescriptor, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Answers once it is durable; does not read what is there already.
   *
   * @param read  May be called again, from the beginning.
   * @throws {GeartrainError} BLOB_DIGEST_MISMATCH when the bytes are others than the descriptor says; nothing is stored then.
   */
  writeBlob(gear: string, descriptor: ArtifactDescriptor, read: () => AsyncIterable<Uint8Array>): Promise<void>
  /** Manifests that name this one as their subject, in no order. */
  referrers(gear: string, digest: Digest): Promise<readonly ArtifactDescriptor[]>
}
