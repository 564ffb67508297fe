import type { ArtifactDescriptor, CatalogueBackend } from "@geartrain/ports"
import { GeartrainError, hexOf, isDigest } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { readdir } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { checkNames, isGearName } from "../gear-folder-name.ts"
import { subjectOf } from "../subject-of.ts"
import { damagedBlob, hasBlob, readBlobFile, writeBlobFile } from "./blob-file.ts"
import { listDescriptors, readDescriptor, writeDescriptor } from "./descriptor-file.ts"
import { writeLayoutIndex } from "./layout-index.ts"
import { shelfOf } from "./shelf.ts"

const MARK = "geartrain-catalogue.json"
const MOST_MANIFEST_BYTES = 4 * 1024 * 1024
const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json"

/**
 * A catalogue in a folder, which may lie on a disk that many machines share:
 *
 *   geartrain-catalogue.json        {"format": "geartrain-catalogue/1"}
 *   <gear>/                         an OCI image layout: oci-layout, index.json, blobs/sha256/<hex>
 *   <gear>/tags/<tag>               the descriptor of the manifest that the tag leads to
 *   <gear>/referrers/<hex>/<hex>    descriptors of the manifests that refer to a manifest
 *
 * Opening reads and makes nothing; the folder is made by whoever writes first.
 */
export function openFolderCatalogue(folder: string): CatalogueBackend {
  const readable = (): void => {
    if (lookAtOnce(`${folder}/${MARK}`)?.isFile() !== true) throw notThere(folder)
  }
  return {
    capabilities: { exclusiveTags: true },
    names: async function* () {
      readable()
      for (const name of await readdir(folder)) {
        if (isGearName(name) && lookAtOnce(shelfOf(folder, name).tags)?.isDirectory() === true) yield name
      }
    },
    tags: async (gear) => {
      checkNames(gear)
      readable()
      return [...(await listDescriptors(shelfOf(folder, gear).tags)).keys()]
    },
    readManifest: async (gear, reference) => {
      const shelf = shelfOf(folder, gear)
      checkNames(gear, isDigest(reference) ? undefined : reference)
      readable()
      const descriptor = isDigest(reference)
        ? describeBlob(shelf.blob(reference), reference)
        : readDescriptor(`${shelf.tags}/${reference}`)
      if (descriptor === undefined) return undefined
      if (descriptor.sizeBytes > MOST_MANIFEST_BYTES) throw damagedBlob(descriptor.digest, "it is too large")
      const chunks: Uint8Array[] = []
      for await (const chunk of readBlobFile(shelf.blob(descriptor.digest), descriptor)) chunks.push(chunk)
      return { descriptor, bytes: Buffer.concat(chunks) }
    },
    writeManifest: async (gear, { mediaType, bytes }, { tag, onlyNew = false } = {}) => {
      checkNames(gear, tag)
      await makeCatalogue(folder)
      const shelf = shelfOf(folder, gear)
      const descriptor: ArtifactDescriptor = { mediaType, digest: sha256(bytes), sizeBytes: bytes.length }
      const path = shelf.blob(descriptor.digest)
      if (!hasBlob(path, bytes.length)) await writeBlobFile(path, descriptor.digest, once(bytes))
      const subject = subjectOf(bytes)
      if (subject !== undefined) {
        await writeDescriptor(`${shelf.referrers(subject)}/${hexOf(descriptor.digest)}`, descriptor, { onlyNew: true })
      }
      if (tag !== undefined && !(await writeDescriptor(`${shelf.tags}/${tag}`, descriptor, { onlyNew }))) {
        throw new GeartrainError("VERSION_EXISTS", `Cannot publish "${gear}" as "${tag}": somebody else just did`, {
          details: { gear, tag },
          hint: "Look at what is there: gear search",
        })
      }
      await writeLayoutIndex(shelf)
      return descriptor
    },
    readBlob: (gear, descriptor, signal) => {
      checkNames(gear)
      return readBlobFile(shelfOf(folder, gear).blob(descriptor.digest), descriptor, signal)
    },
    writeBlob: async (gear, { digest, sizeBytes }, read) => {
      checkNames(gear)
      await makeCatalogue(folder)
      const path = shelfOf(folder, gear).blob(digest)
      if (!hasBlob(path, sizeBytes)) await writeBlobFile(path, digest, read())
    },
    referrers: async (gear, digest) => {
      checkNames(gear)
      readable()
      return [...(await listDescriptors(shelfOf(folder, gear).referrers(digest))).values()]
    },
  }
}

function describeBlob(path: string, digest: ArtifactDescriptor["digest"]): ArtifactDescriptor | undefined {
  const found = lookAtOnce(path)
  return found === undefined ? undefined : { mediaType: IMAGE_MANIFEST, digest, sizeBytes: found.size }
}

async function makeCatalogue(folder: string): Promise<void> {
  const mark = `${folder}/${MARK}`
  if (lookAtOnce(mark)?.isFile() === true) return
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    // It is made with what is written into it.
    if (error.code === "ENOENT") return []
    throw notThere(folder, error)
  })
  // Another who makes it at this moment may have come as far as the temporary file of the mark.
  if (there.some((name) => !name.startsWith(MARK))) throw notThere(folder)
  await writeAtomically(mark, async (file) => {
    await file.writeFile(`${JSON.stringify({ format: "geartrain-catalogue/1" })}\n`)
  })
}

function notThere(folder: string, cause?: unknown): Error {
  const found = lookAtOnce(folder)
  const is = found === undefined ? "there is none" : found.isDirectory() ? "it holds other things" : "it is no folder"
  return new GeartrainError("CATALOGUE_NOT_FOUND", `Cannot use catalogue "${folder}": ${is}`, {
    details: { folder },
    hint: "gear publish makes one in a folder that is empty or not there yet; one in a registry is docker://HOST/PATH",
    ...(cause === undefined ? {} : { cause }),
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}
