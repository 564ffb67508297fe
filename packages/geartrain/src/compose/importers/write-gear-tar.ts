import { GeartrainError, type TreeDigest } from "@geartrain/spec"
import { FOLDER_MTIME, PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { blockPadding } from "../../packing/tar/tar-header.ts"
import { encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import type { Settings } from "../../settings/settings.ts"
import { open } from "../../system/files.ts"
import { openImageReference } from "../images/open-image.ts"

/** A file that is put into a root filesystem. */
export interface AddedFile {
  readonly bytes: Uint8Array
  readonly executable: boolean
}

/** The image that a gear is put into. */
export interface GearBase {
  readonly tree: TreeDigest
  /** `NAME=value`, where the image says so. */
  readonly env: readonly string[]
}

/**
 * Writes an image's root filesystem with some files of a gear in it as one tar, which is an image itself.
 *
 * @param filesOf  What is put in, by its path from the root, without a slash before.
 * @throws {GeartrainError} IMAGE_… as opening the image does; PEGASUS_CATALOG_INCOMPLETE where it is a gear already.
 */
export async function writeGearTar(
  image: string,
  filesOf: (base: GearBase) => ReadonlyMap<string, AddedFile>,
  { to, settings }: { readonly to: string; readonly settings: Pick<Settings, "cache" | "imageLimits"> },
): Promise<void> {
  const tree = await openImageReference(image, settings)
  try {
    const scan = await tree.scan()
    if (scan.manifest !== undefined) {
      throw new GeartrainError(
        "PEGASUS_CATALOG_INCOMPLETE",
        `Cannot put a program into "${image}": it is a gear already`,
        {
          details: { image },
          hint: "Name an image or root filesystem without a gear: --image BASE",
        },
      )
    }
    const out = await open(to, "wx")
    try {
      // The gear's own files come first: a tar ends where the image's does.
      for (const chunk of added(filesOf({ tree: scan.tree, env: tree.declaration?.env ?? [] })))
        await out.writeFile(chunk)
      for await (const chunk of tree.tar(scan)) await out.writeFile(chunk)
    } finally {
      await out.close()
    }
  } finally {
    await tree.close()
  }
}

function* added(files: ReadonlyMap<string, AddedFile>): Generator<Uint8Array> {
  for (const path of foldersOf(files.keys())) yield encodeHeader({ ...PLAIN_FOLDER, path })
  for (const [path, { bytes, executable }] of files) {
    const entry: WritableEntry = {
      ...PLAIN_FOLDER,
      type: "file",
      path,
      mode: executable ? 0o755 : 0o644,
      size: bytes.length,
      mtime: FOLDER_MTIME,
    }
    yield encodeHeader(entry)
    yield bytes
    yield Buffer.alloc(blockPadding(bytes.length))
  }
}

function foldersOf(paths: Iterable<string>): readonly string[] {
  const folders = new Set<string>()
  for (const path of paths) {
    const parts = path.split("/").slice(0, -1)
    for (let count = 1; count <= parts.length; count++) folders.add(parts.slice(0, count).join("/"))
  }
  return [...folders].sort()
}
