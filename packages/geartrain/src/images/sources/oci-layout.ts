import { join } from "node:path"
import { type Digest, type GearOrigin, hexOf } from "@geartrain/spec"
import { imageError } from "../../packing/place/image-place.ts"
import { stat } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import type { ArchiveMembers } from "./archive-index.ts"
import { parseImageDocument } from "./image-documents.ts"
import type { ImageSource } from "./image-source.ts"
import { type ImageBlobs, type LayeredImageOptions, openLayeredImage, readWhole } from "./layered-image.ts"
import type { StoredBytes } from "./stored-layer.ts"

/** Finds a file of a layout by its path in it. */
type FileFinder = (path: string) => Promise<StoredBytes | undefined>

/**
 * Opens an OCI image layout in an archive.
 *
 * @see OCI image specification 1.1, image-layout.md
 */
export function openOciArchive(
  members: ArchiveMembers,
  origin: GearOrigin,
  options: LayeredImageOptions,
): Promise<ImageSource> {
  return openLayout(async (path) => members.find(path), origin, options)
}

/** Opens an OCI image layout in a folder. */
export function openOciLayout(folder: string, origin: GearOrigin, options: LayeredImageOptions): Promise<ImageSource> {
  return openLayout((path) => findFile(join(folder, path)), origin, options)
}

/**
 * Opens a folder as `skopeo copy … dir:` makes it: an image manifest, and its blobs beside it, named by the digits of their digests.
 *
 * @see skopeo, containers-transports(5), "dir:path"
 */
export async function openSkopeoFolder(
  folder: string,
  origin: GearOrigin,
  options: LayeredImageOptions,
): Promise<ImageSource> {
  const find: FileFinder = (path) => findFile(join(folder, path))
  const document = parseImageDocument(await readNamed(find, "manifest.json", options), options.place)
  return openLayeredImage({ document, blobs: blobsOf(find, (digest) => hexOf(digest)) }, origin, options)
}

async function openLayout(find: FileFinder, origin: GearOrigin, options: LayeredImageOptions): Promise<ImageSource> {
  const document = parseImageDocument(await readNamed(find, "index.json", options), options.place)
  return openLayeredImage(
    { document, blobs: blobsOf(find, (digest) => `blobs/sha256/${hexOf(digest)}`) },
    origin,
    options,
  )
}

function blobsOf(find: FileFinder, pathOf: (digest: Digest) => string): ImageBlobs {
  return {
    document: async ({ digest }) => {
      const bytes = await find(pathOf(digest))
      return bytes === undefined ? undefined : readWhole(bytes, { reference: bytes.path })
    },
    layer: ({ digest }) => find(pathOf(digest)),
    close: async () => undefined,
  }
}

async function readNamed(find: FileFinder, path: string, { place }: LayeredImageOptions): Promise<Buffer> {
  const bytes = await find(path)
  if (bytes !== undefined) return readWhole(bytes, place)
  throw imageError("IMAGE_BLOB_MISSING", place, {
    problem: `its part "${path}" is not there`,
    hint: "Save the image again",
  })
}

/** Something else than a file, such as a pipe that would be waited at for ever, is no part of an image. */
async function findFile(path: string): Promise<StoredBytes | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? { path, start: 0, sizeBytes: found.size } : undefined
  } catch (error) {
    // What is not there is told by whoever knows what it is needed for.
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}
