import { createHash } from "node:crypto"
import { type Digest, GeartrainError, isDigest } from "@geartrain/spec"
import type { ArtifactDescriptor, ArtifactManifest, CatalogueBackend } from "../catalogue-backend.ts"

/** What one gear has in a catalogue in memory. */
export interface MemoryShelf {
  readonly blobs: Map<Digest, Uint8Array>
  readonly manifests: Map<Digest, ArtifactManifest>
  readonly tags: Map<string, Digest>
}

/** A catalogue in memory, for tests. The shelves may be looked at, and spoiled. */
export function memoryCatalogue(shelves: Map<string, MemoryShelf> = new Map()): CatalogueBackend {
  const shelf = (gear: string): MemoryShelf => {
    const found = shelves.get(gear) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() }
    shelves.set(gear, found)
    return found
  }
  return {
    capabilities: { exclusiveTags: true },
    names: async function* () {
      for (const [name, { tags }] of shelves) if (tags.size > 0) yield name
    },
    tags: async (gear) => [...shelf(gear).tags.keys()],
    readManifest: async (gear, reference) => {
      const { manifests, tags } = shelf(gear)
      const digest = isDigest(reference) ? reference : tags.get(reference)
      return digest === undefined ? undefined : manifests.get(digest)
    },
    writeManifest: async (gear, { mediaType, bytes }, { tag, onlyNew } = {}) => {
      const { manifests, tags } = shelf(gear)
      if (onlyNew === true && tag !== undefined && tags.has(tag)) {
        throw new GeartrainError("VERSION_EXISTS", `Cannot publish "${gear}" as "${tag}": it is there`)
      }
      const descriptor: ArtifactDescriptor = { mediaType, digest: digestOf(bytes), sizeBytes: bytes.length }
      manifests.set(descriptor.digest, { descriptor, bytes: Uint8Array.from(bytes) })
      if (tag !== undefined) tags.set(tag, descriptor.digest)
      return descriptor
    },
    readBlob: async function* (gear, { digest }) {
      const bytes = shelf(gear).blobs.get(digest)
      if (bytes === undefined) throw new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob ${digest}: it is not there`)
      yield bytes
      if (digestOf(bytes) !== digest) {
        throw new GeartrainError("CATALOGUE_DAMAGED", `Cannot read blob ${digest}: its bytes are others`)
      }
    },
    writeBlob: async (gear, { digest }, read) => {
      const { blobs } = shelf(gear)
      if (blobs.has(digest)) return
      const chunks: Uint8Array[] = []
      for await (const chunk of read()) chunks.push(Uint8Array.from(chunk))
      const bytes = Buffer.concat(chunks)
      if (digestOf(bytes) !== digest) {
        throw new GeartrainError("BLOB_DIGEST_MISMATCH", `Cannot store blob ${digest}: its bytes are others`)
      }
      blobs.set(digest, bytes)
    },
    referrers: async (gear, digest) =>
      [...shelf(gear).manifests.values()]
        .filter(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)).subject?.digest === digest)
        .map(({ descriptor }) => descriptor),
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}
