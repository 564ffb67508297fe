import { dirname, join } from "node:path"
import { type Gear, GeartrainError, hexOf } from "@geartrain/spec"
import type { Compression } from "../../packing/compression/decompress.ts"
import { quoted } from "../../packing/place/image-place.ts"
import { syncFolder, writeAtomically } from "../../system/atomic-write.ts"
import { mkdir, open, readdir, rename, rm } from "../../system/files.ts"
import { draftPath, sweepDrafts, writeByDraft } from "../../system/linux/drafts.ts"
import { systemCode } from "../../system/system-code.ts"
import { writeWhole } from "../sources/spool.ts"
import { ArchiveWriter } from "./archive-writer.ts"
import { canonicalTar } from "./canonical-tar.ts"
import { type ImageBlob, imageConfig, imageIndex, imageManifest, imageName } from "./gear-image.ts"
import { compress, packLayer } from "./pack-layer.ts"

/** `tar`: a flat root filesystem, for `docker import`; `docker-archive`: for `docker load`. All are for `podman load`, but for the first. */
export type ExportForm = "tar" | "docker-archive" | "oci-archive" | "oci-layout"

export const EXPORT_FORMS: readonly ExportForm[] = ["tar", "docker-archive", "oci-archive", "oci-layout"]

export interface ExportOptions {
  readonly form: ExportForm
  /**
   * Of the layer, or of the whole where that is a flat tar. Default: `gzip` for OCI, as every registry takes it; `none` for the others, as
   * docker writes them. docker reads zstd from version 23 on.
   */
  readonly compression?: Compression
  readonly signal?: AbortSignal
}

const OCI_LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

/**
 * Writes a gear as an image that other tools read, and that gives the same gear id when it is imported again.
 *
 * Equal gears give equal bytes, as long as the root filesystem comes in the same order and the compression library is the same. Written under
 * a temporary name and renamed: a file is there whole or as it was before.
 *
 * @param tar  The root filesystem, as the root store reads it.
 * @param path  An existing file is replaced. For `oci-layout`, a folder that is empty or not there.
 * @throws {GeartrainError} OUTPUT_EXISTS, ROOT_DIGEST_MISMATCH; nothing is left behind then
 */
export async function exportImage(
  source: { readonly gear: Gear; readonly tar: AsyncIterable<Uint8Array> },
  path: string,
  options: ExportOptions,
): Promise<void> {
  const { gear } = source
  const tar = canonicalTar(source.tar, gear.tree, options.signal === undefined ? {} : { signal: options.signal })
  const compression = options.compression ?? (options.form.startsWith("oci") ? "gzip" : "none")
  switch (options.form) {
    case "tar":
      return writeByDraft(path, async (file) => {
        for await (const chunk of compress(tar, compression)) await writeWhole(file, chunk)
      })
    case "docker-archive":
      return writeArchive(path, (writer) => writeDockerMembers(writer, { gear, tar, compression }))
    case "oci-archive":
      return writeArchive(path, (writer) => writeOciMembers(writer, { gear, tar, compression }))
    case "oci-layout":
      return writeLayout(path, { gear, tar, compression })
  }
}

interface Exported {
  readonly gear: Gear
  readonly tar: AsyncIterable<Uint8Array>
  readonly compression: Compression
}

async function writeArchive(path: string, write: (writer: ArchiveWriter) => Promise<void>): Promise<void> {
  await writeByDraft(path, async (file) => {
    const writer = new ArchiveWriter(file)
    await write(writer)
    await writer.end()
  })
}

/** @see moby, image/tarexport: what `docker load` needs of what `docker save` writes */
async function writeDockerMembers(writer: ArchiveWriter, { gear, tar, compression }: Exported): Promise<void> {
  let layerPath = ""
  let config: ImageBlob | undefined
  await writer.stream(async (write) => {
    const layer = await packLayer(tar, compression, write)
    config = imageConfig(gear, layer)
    layerPath = `${hexOf(layer.digest)}.tar`
    return layerPath
  })
  if (config === undefined) throw new TypeError("The layer was not written")
  const configPath = `${hexOf(config.digest)}.json`
  await writer.file(configPath, config.bytes)
  const images = [{ Config: configPath, RepoTags: [imageName(gear.manifest)], Layers: [layerPath] }]
  await writer.file("manifest.json", Buffer.from(JSON.stringify(images)))
}

/** @see OCI image specification 1.1, image-layout.md */
async function writeOciMembers(writer: ArchiveWriter, { gear, tar, compression }: Exported): Promise<void> {
  await writer.file("oci-layout", OCI_LAYOUT)
  await writer.folder("blobs")
  await writer.folder("blobs/sha256")
  let config: ImageBlob | undefined
  let manifest: ImageBlob | undefined
  await writer.stream(async (write) => {
    const layer = await packLayer(tar, compression, write)
    config = imageConfig(gear, layer)
    manifest = imageManifest(config, layer)
    return `blobs/sha256/${hexOf(layer.digest)}`
  })
  if (config === undefined || manifest === undefined) throw new TypeError("The layer was not written")
  for (const { bytes, digest } of [config, manifest]) await writer.file(`blobs/sha256/${hexOf(digest)}`, bytes)
  await writer.file("index.json", imageIndex(gear, manifest))
}

async function writeLayout(path: string, exported: Exported): Promise<void> {
  if (!(await isFree(path))) {
    throw new GeartrainError("OUTPUT_EXISTS", `Cannot export to ${quoted(path)}: the folder is not empty`, {
      hint: "Name a folder that does not exist yet",
    })
  }
  const beside = dirname(path)
  await sweepDrafts(beside)
  const temporary = draftPath(beside)
  try {
    await fillLayout(temporary, exported)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

async function fillLayout(folder: string, { gear, tar, compression }: Exported): Promise<void> {
  const blobs = join(folder, "blobs", "sha256")
  await mkdir(blobs, { recursive: true })
  const layerPath = join(blobs, "layer")
  const file = await open(layerPath, "wx", 0o644)
  let layer: Awaited<ReturnType<typeof packLayer>>
  try {
    layer = await packLayer(tar, compression, (bytes) => writeWhole(file, bytes))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(layerPath, join(blobs, hexOf(layer.digest)))
  const config = imageConfig(gear, layer)
  const manifest = imageManifest(config, layer)
  const documents = [
    [join(blobs, hexOf(config.digest)), config.bytes],
    [join(blobs, hexOf(manifest.digest)), manifest.bytes],
    [join(folder, "index.json"), imageIndex(gear, manifest)],
    [join(folder, "oci-layout"), OCI_LAYOUT],
  ] as const
  for (const [path, bytes] of documents) await writeAtomically(path, (document) => writeWhole(document, bytes))
}

async function isFree(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0
  } catch (error) {
    // What is not there can be made.
    if (systemCode(error) === "ENOENT") return true
    if (systemCode(error) === "ENOTDIR") return false
    throw error
  }
}
