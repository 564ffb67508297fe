import { posix } from "node:path"
import type { OutputFile, SkippedOutput } from "@geartrain/spec"
import { fileType } from "@geartrain/spec"
import { chmod, lstat, readdir, readlink, type Stats } from "../../system/files.ts"
import type { IsHeld, LocalBlobs } from "../engine-ports.ts"

/** Where the gear sees the folder, for links that it wrote with their whole path. */
const IN_BOX = "/flywheel/v0/output/"
/** More names than this are no result but an accident; the rest is told as skipped. */
const MAX_FILES = 100_000
const MAX_DEPTH = 64

export interface Collected {
  readonly outputs: readonly OutputFile[]
  readonly skipped: readonly SkippedOutput[]
}

interface CollectOptions {
  readonly maxBytes: number
  readonly isHeld?: IsHeld | undefined
}

/**
 * Takes all regular files of an output folder into the store, sub-folders included. The folder is the caller's to remove, once a
 * record says what the files were called: killed before that, it is collected again.
 *
 * The folder is hostile: no link is followed out of it, devices and pipes are not opened, and a sparse file is read only as far as it could have
 * been written. A link to a file inside the folder becomes a file of its own. What is not taken is told, with the reason.
 *
 * Run it when no process of the gear is left.
 *
 * @param maxBytes  A file that is longer is skipped.
 * @param isHeld  Files of such bytes are read for their digest, and not stored.
 */
export async function collectOutputs(folder: string, blobs: LocalBlobs, options: CollectOptions): Promise<Collected> {
  const found = await findFiles(folder)
  const skipped: SkippedOutput[] = [...found.skipped]
  const outputs: OutputFile[] = []
  const links = await Promise.all(found.links.map((link) => resolveInside(folder, link)))
  for (const [index, link] of found.links.entries()) {
    const target = links[index]
    if (typeof target !== "string") skipped.push({ path: link, why: target?.why ?? "it is a link" })
  }
  const byPath = new Map<string, OutputFile>()
  for (const file of found.files) {
    const tooLong = refuseLength(file.stats, options.maxBytes)
    if (tooLong !== undefined) skipped.push({ path: file.path, why: tooLong })
    else byPath.set(file.path, await adopt(folder, file, { ...options, blobs }))
  }
  outputs.push(...byPath.values())
  for (const [index, link] of found.links.entries()) {
    const target = links[index]
    if (typeof target !== "string") continue
    const file = byPath.get(target)
    if (file === undefined) skipped.push({ path: link, why: `it is a link to "${target}", which was not collected` })
    else outputs.push(describe(link, file))
  }
  return { outputs: outputs.toSorted(byName), skipped: skipped.toSorted(byName) }
}

interface FoundFile {
  readonly path: string
  readonly stats: Stats
}

interface Found {
  readonly files: FoundFile[]
  readonly links: string[]
  readonly skipped: SkippedOutput[]
}

async function findFiles(folder: string): Promise<Found> {
  const found: Found = { files: [], links: [], skipped: [] }
  await walk(folder, { path: "", depth: 0, mode: (await lstat(folder)).mode }, found)
  return found
}

async function walk(
  folder: string,
  at: { readonly path: string; readonly depth: number; readonly mode: number },
  found: Found,
): Promise<void> {
  const here = at.path === "" ? folder : `${folder}/${at.path}`
  // A gear may have taken its own right to read away; the folder is ours now.
  if ((at.mode & 0o500) !== 0o500) await chmod(here, 0o755)
  for (const bytes of await readdir(here, { encoding: "buffer" })) {
    const name = bytes.toString("utf8")
    const path = posix.join(at.path, name)
    if (!bytes.equals(Buffer.from(name))) {
      found.skipped.push({ path, why: "its name is not UTF-8" })
      continue
    }
    if (found.files.length + found.links.length >= MAX_FILES) {
      found.skipped.push({ path, why: `there are more than ${MAX_FILES} files` })
      return
    }
    const stats = await lstat(`${folder}/${path}`)
    if (stats.isFile()) found.files.push({ path, stats })
    else if (stats.isSymbolicLink()) found.links.push(path)
    else if (!stats.isDirectory()) found.skipped.push({ path, why: `it is ${kindOf(stats)}` })
    else if (at.depth >= MAX_DEPTH) found.skipped.push({ path, why: `it lies more than ${MAX_DEPTH} folders deep` })
    else await walk(folder, { path, depth: at.depth + 1, mode: stats.mode }, found)
  }
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a named pipe"
  if (stats.isSocket()) return "a socket"
  return "a device"
}

/** Says why a file is not read, when it is longer than it may be, or so sparse that nobody can have meant it. */
function refuseLength(stats: Stats, maxBytes: number): string | undefined {
  if (stats.size > maxBytes) return `it has ${stats.size} bytes, more than the limit of ${maxBytes}`
  const writtenBytes = stats.blocks * 512
  // Honest sparse files (indexes, volumes) hold something; 1 GiB of holes for nothing is the size of a bomb.
  if (stats.size > 1024 ** 3 + writtenBytes * 100) {
    return `it is a sparse file of ${stats.size} bytes of which only ${writtenBytes} are written`
  }
  return undefined
}

async function adopt(
  folder: string,
  file: FoundFile,
  { blobs, maxBytes, isHeld }: CollectOptions & { readonly blobs: LocalBlobs },
): Promise<OutputFile> {
  const source = `${folder}/${file.path}`
  if ((file.stats.mode & 0o400) === 0) await chmod(source, 0o600)
  const { digest, sizeBytes } = await blobs.adopt(source, {
    maxBytes,
    keep: true,
    ...(isHeld === undefined ? {} : { isHeld }),
  })
  const executable = (file.stats.mode & 0o100) !== 0
  return describe(file.path, { digest, sizeBytes, ...(executable ? { executable: true as const } : {}) })
}

function describe(path: string, file: Pick<OutputFile, "digest" | "sizeBytes" | "executable">): OutputFile {
  const type = fileType(posix.basename(path))
  return {
    path,
    digest: file.digest,
    sizeBytes: file.sizeBytes,
    ...(type === undefined ? {} : { type }),
    ...(file.executable ? { executable: true as const } : {}),
  }
}

/** Follows a link by hand, as the gear would have, and answers with the path of a regular file in the folder, or why there is none. */
async function resolveInside(folder: string, link: string): Promise<string | { readonly why: string }> {
  let path = link
  for (let hops = 0; hops < 8; hops++) {
    const target = await readlink(`${folder}/${path}`)
    const inside = target.startsWith(IN_BOX) ? target.slice(IN_BOX.length) : target
    if (posix.isAbsolute(inside)) return { why: `it is a link to "${target}", outside the output folder` }
    const next = posix.normalize(target.startsWith(IN_BOX) ? inside : posix.join(posix.dirname(path), inside))
    if (next === ".." || next.startsWith("../"))
      return { why: `it is a link to "${target}", outside the output folder` }
    const stats = await lstatPlain(folder, next)
    if (stats === undefined) return { why: `it is a link to "${target}", where there is no file` }
    if (stats.isFile()) return next
    if (!stats.isSymbolicLink()) return { why: `it is a link to "${target}", which is no regular file` }
    path = next
  }
  return { why: "it is a link to a link, too many times" }
}

/** Looks at a path of which no folder is a link. */
async function lstatPlain(folder: string, path: string): Promise<Stats | undefined> {
  const names = path.split("/")
  try {
    for (let depth = 1; depth < names.length; depth++) {
      if (!(await lstat(`${folder}/${names.slice(0, depth).join("/")}`)).isDirectory()) return undefined
    }
    return await lstat(`${folder}/${path}`)
  } catch {
    // Nothing there: the caller says so.
    return undefined
  }
}

function byName(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
