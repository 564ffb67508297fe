import type { GearOrigin } from "@geartrain/spec"
import { imageError, quoted } from "../../packing/place/image-place.ts"
import type { ArchiveMembers } from "./archive-index.ts"
import { type DockerImage, parseDockerManifest, parseImageConfig } from "./image-documents.ts"
import type { ImageSource } from "./image-source.ts"
import { checkedLayers, imageWords, type LayeredImageOptions, layerName, readWhole } from "./layered-image.ts"
import { type StoredBytes, storedLayer } from "./stored-layer.ts"

/**
 * Opens an archive of `docker save`, old or new, or what others write in that form.
 *
 * Its layers are named by paths that say nothing, or by digests of the packed bytes; what vouches for them are the digests of the unpacked
 * ones in the config.
 *
 * @throws {GeartrainError} IMAGE_MANIFEST_INVALID, IMAGE_BLOB_MISSING, IMAGE_AMBIGUOUS, IMAGE_NOT_FOUND
 */
export async function openDockerArchive(
  members: ArchiveMembers,
  origin: GearOrigin,
  options: LayeredImageOptions,
): Promise<ImageSource> {
  const { place } = options
  const images = parseDockerManifest(await readWhole(member("manifest.json"), place), place)
  const image = pickByName(images, options)
  const config = parseImageConfig(await readWhole(member(image.config), place), place)
  const paths = checkedLayers(image.layers, config, options)
  const stored = paths.map(member)
  const layers = stored.map((bytes, number) => {
    const diffId = config.diffIds[number]
    const rules = { place: { ...place, part: layerName(number, stored.length) }, kind: "layer" } as const
    return storedLayer({ bytes, rules, ...(diffId === undefined ? {} : { diffId }) })
  })
  return {
    ...imageWords(config),
    origin,
    layers: async () => layers,
    packedBytes: stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    warnings: () => [],
    close: async () => undefined,
  }

  function member(path: string): StoredBytes {
    const bytes = members.find(path)
    if (bytes !== undefined) return bytes
    const hint = "Save the image again, with all its layers"
    throw imageError("IMAGE_BLOB_MISSING", place, { problem: `its part ${quoted(path)} is not there`, hint })
  }
}

function pickByName(images: readonly DockerImage[], options: LayeredImageOptions): DockerImage {
  const { choice, place } = options
  const names = images.flatMap((image) => image.names).join(", ")
  const { name } = choice
  const fitting = name === undefined ? images : images.filter((image) => image.names.some((each) => isName(each, name)))
  const [first, ...others] = fitting
  if (first === undefined) {
    const problem = name === undefined ? "it holds no image" : `it holds no image with the name ${quoted(name)}`
    throw imageError("IMAGE_NOT_FOUND", place, {
      problem,
      hint: names === "" ? "Save the image again" : `Name one that it has: ${names}`,
    })
  }
  if (others.length > 0) {
    const hint = names === "" ? "Save only one image into the archive" : `Name one of them: ${names}`
    throw imageError("IMAGE_AMBIGUOUS", place, { problem: `it holds ${fitting.length} images`, hint })
  }
  return first
}

/** docker saves whole names; people leave out `:latest` and the registry. */
function isName(saved: string, wanted: string): boolean {
  return saved === wanted || saved === `${wanted}:latest` || saved.endsWith(`/${wanted}`)
}
