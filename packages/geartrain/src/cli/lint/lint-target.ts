import { isSourceFolder } from "../../compose/gears/source-folder.ts"
import { existsSync, open, stat } from "../../system/files.ts"
import { isImage } from "../run/is-image.ts"

/** What a word on the command line of `gear lint` means. */
export type LintTarget =
  | { readonly kind: "manifest"; readonly path: string }
  /** A folder with the sources of a gear: manifest.json beside the script, and perhaps a recipe or Dockerfile. */
  | { readonly kind: "sources"; readonly path: string }
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "stored"; readonly reference: string }

/** Finds out what a word means: what is there by its content, what is not by its looks. */
export async function lintTarget(word: string): Promise<LintTarget> {
  const stats = await stat(word).catch(() => undefined)
  if (stats?.isDirectory()) return folderTarget(word)
  if (stats?.isFile()) {
    return (await isPacked(word)) ? { kind: "image", reference: word } : { kind: "manifest", path: word }
  }
  // Not there: reading it says so.
  if (stats === undefined && word.endsWith(".json")) return { kind: "manifest", path: word }
  return isImage(word) || stats !== undefined ? { kind: "image", reference: word } : { kind: "stored", reference: word }
}

function folderTarget(path: string): LintTarget {
  if (isSourceFolder(path)) return { kind: "sources", path }
  const isImageFolder = ["flywheel/v0", "oci-layout", "version"].some((name) => existsSync(`${path}/${name}`))
  // Any other folder may be somebody's home, which nobody wants to have read as an image: that it has no manifest is said at once.
  return isImageFolder ? { kind: "image", reference: path } : { kind: "manifest", path: `${path}/manifest.json` }
}

/** How files of images begin: gzip, zstd, xz, bzip2. */
const PACKED = ["1f8b", "28b52ffd", "fd377a58", "425a68"]
const TAR_MAGIC = { at: 257, text: "ustar" }

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path, "r")
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
    const start = buffer.subarray(0, bytesRead)
    const magic = start.subarray(TAR_MAGIC.at, TAR_MAGIC.at + TAR_MAGIC.text.length).toString("latin1")
    return magic === TAR_MAGIC.text || PACKED.some((hex) => start.toString("hex", 0, 4).startsWith(hex))
  } finally {
    await file.close()
  }
}
