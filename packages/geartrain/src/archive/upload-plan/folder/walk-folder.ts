import { join, relative, sep } from "node:path"
import { comparePaths } from "@geartrain/spec"
import { access, constants, lstat, readdir, realpath, stat } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { unsortable } from "../plan-error.ts"
import type { Found } from "./found-file.ts"
import { unwantedName } from "./unwanted-name.ts"

export interface WalkOptions {
  readonly signal?: AbortSignal
  /** Default 1,000,000: a plan holds some hundred bytes for each. */
  readonly mostFiles?: number
}

const MOST_FILES = 1_000_000
const MOST_DEPTH = 64
/** Looked at at once: a share that answers slowly is asked for several. */
const TOGETHER = 64

/**
 * Finds every file below a folder, in an order that depends on names alone. No link is followed out of the folder, and none to a folder at all, so
 * the walk ends. What is no data, and what cannot be read, is answered too, with the reason.
 *
 * @param folder  Without links, as `realpath` has it.
 * @throws {GeartrainError} UPLOAD_UNSORTABLE when there are too many files.
 */
export async function* walkFolder(folder: string, options: WalkOptions = {}): AsyncGenerator<Found, void> {
  const { mostFiles = MOST_FILES } = options
  let count = 0
  for await (const found of walk({ folder, path: "", depth: 0 }, options.signal)) {
    count++
    if (count > mostFiles) throw unsortable(folder, `it has more than ${mostFiles} files`, "Upload it in parts")
    yield found
  }
}

interface Place {
  readonly folder: string
  /** Relative to the folder; empty for itself. */
  readonly path: string
  readonly depth: number
}

async function* walk(place: Place, signal: AbortSignal | undefined): AsyncGenerator<Found, void> {
  signal?.throwIfAborted()
  const { folder, path, depth } = place
  let names: readonly string[]
  try {
    names = (await readdir(join(folder, path))).toSorted(comparePaths)
  } catch (error) {
    const code = systemCode(error)
    // The folder itself was looked at before: then it has gone meanwhile.
    if (code === undefined || path === "") throw error
    return yield leftOut(path, `cannot be read: ${code}`, "folder")
  }
  for (let at = 0; at < names.length; at += TOGETHER) {
    const paths = names.slice(at, at + TOGETHER).map((name) => (path === "" ? name : `${path}/${name}`))
    for (const looked of await Promise.all(paths.map((each) => look(folder, each)))) {
      if (looked.is !== "folder") yield looked
      else if (depth >= MOST_DEPTH) yield leftOut(looked.path, `lies deeper than ${MOST_DEPTH} folders`, "folder")
      else yield* walk({ folder, path: looked.path, depth: depth + 1 }, signal)
    }
  }
}

type Looked = Found | { readonly is: "folder"; readonly path: string }

async function look(folder: string, path: string): Promise<Looked> {
  const unwanted = unwantedName(path.slice(path.lastIndexOf("/") + 1))
  try {
    const stats = await lstat(join(folder, path))
    const kind = stats.isDirectory() ? "folder" : "file"
    if (unwanted !== undefined) return leftOut(path, unwanted, kind)
    if (stats.isDirectory()) return { is: "folder", path }
    if (stats.isSymbolicLink()) return await lookThrough(folder, path)
    if (!stats.isFile()) return leftOut(path, stats.isFIFO() ? "is a named pipe" : "is no regular file")
    await access(join(folder, path), constants.R_OK)
    return { is: "file", file: { source: { kind: "file", path }, sizeBytes: stats.size } }
  } catch (error) {
    return leftOut(path, unreadable(error, path))
  }
}

/** A link to a file of the same folder is that file: so DataLad and git-annex keep data. */
async function lookThrough(folder: string, path: string): Promise<Found> {
  const stats = await stat(join(folder, path)).catch((error: unknown) => {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ELOOP" || code === "ENOTDIR") return undefined
    throw error
  })
  if (stats === undefined) return leftOut(path, "is a link to nothing: data that is not here has to be fetched first")
  if (stats.isDirectory()) return leftOut(path, "is a link to a folder, and those are not followed")
  const linkedTo = relative(folder, await realpath(join(folder, path)))
  if (linkedTo === ".." || linkedTo.startsWith(`..${sep}`)) return leftOut(path, "is a link out of the folder")
  if (!stats.isFile()) return leftOut(path, "is a link to what is no regular file")
  await access(join(folder, path), constants.R_OK)
  return { is: "file", file: { source: { kind: "file", path, linkedTo }, sizeBytes: stats.size } }
}

function unreadable(error: unknown, path: string): string {
  const code = systemCode(error)
  if (code === undefined) throw error
  // Names that are no UTF-8 come with this character in the place of their bytes, and so lead nowhere.
  if (code === "ENOENT" && path.includes("\ufffd")) return "has a name that is no UTF-8 text"
  return code === "ENOENT" ? "has gone while the folder was looked through" : `cannot be read: ${code}`
}

function leftOut(path: string, why: string, kind: "file" | "folder" = "file"): Found {
  return { is: "left-out", item: { path, kind, why } }
}
