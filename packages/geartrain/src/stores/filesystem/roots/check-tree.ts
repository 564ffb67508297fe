import { countsInTree } from "@geartrain/spec"
import { readdir, readlink, type Stats } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { ifThere } from "../home/disk-error.ts"
import { checkAttributes } from "./check-attributes.ts"
import { fileBody } from "./file-body.ts"
import { listedEntries, uncountedEntries } from "./listed-entries.ts"
import type { ListedEntry } from "./listing-lines.ts"

/**
 * Holds an unpacked tree against its listing: every name, every byte of every file, and every attribute.
 *
 * @param options.trueOwners  Whether owners and devices are on the disk at all.
 * @returns what is wrong, as the end of a sentence about the tree: `its file "a" is missing`.
 */
export async function* checkTree(folder: string, options: { readonly trueOwners: boolean }): AsyncGenerator<string> {
  const children = new Map<string, number>()
  for await (const entry of listedEntries(`${folder}/listing`)) {
    const parent = parentOf(entry.path)
    const isUnpacked = options.trueOwners || (entry.type !== "c" && entry.type !== "b")
    if (isUnpacked) children.set(parent, (children.get(parent) ?? 0) + 1)
    if (entry.type === "d") children.set(entry.path, children.get(entry.path) ?? 0)
    if (isUnpacked) yield* checkEntry(`${folder}/tree/${entry.path}`, entry, options.trueOwners)
  }
  for (const [path, count] of children) yield* checkFolder(`${folder}/tree`, path, count)
  yield* checkUncounted(folder)
  yield* checkAttributes(folder, options)
}

async function* checkEntry(path: string, entry: ListedEntry, trueOwners: boolean): AsyncGenerator<string> {
  // As JSON, since a name may hold line feeds and what moves a terminal's cursor.
  const name = `its entry ${JSON.stringify(entry.path)}`
  const stats = lookAt(path)
  if (typeof stats === "string") {
    yield `${name} ${stats}`
    return
  }
  if (typeOf(stats) !== entry.type) {
    yield `${name} is of another type`
    return
  }
  if (trueOwners && (stats.uid !== entry.uid || stats.gid !== entry.gid)) {
    yield `${name} belongs to ${stats.uid}:${stats.gid}, not ${entry.uid}:${entry.gid}`
  }
  if (entry.type === "l") {
    if ((await readlink(path)) !== entry.target) yield `${name} points elsewhere`
    return
  }
  if ((stats.mode & 0o7777) !== entry.mode) yield `${name} has mode ${octal(stats.mode)}, not ${octal(entry.mode)}`
  if (entry.type !== "f") return
  if (Math.floor(stats.mtimeMs / 1000) !== entry.mtimeS) yield `${name} has another modification time`
  const found = await hashBody(path, entry.sizeBytes)
  if (found !== entry.hex) yield `${name} has ${found === undefined ? "bytes that cannot be read" : "other bytes"}`
}

function lookAt(path: string): Stats | string {
  try {
    return lookAtOnce(path) ?? "is missing"
  } catch (error) {
    // Whatever keeps the disk from looking at it is told, not thrown.
    return `cannot be looked at (${systemCode(error)})`
  }
}

async function hashBody(path: string, sizeBytes: number): Promise<string | undefined> {
  const hasher = createHasher()
  try {
    for await (const piece of fileBody(path, sizeBytes)) hasher.update(piece)
  } catch {
    // Whatever keeps the disk from reading it: the caller tells that it cannot be read.
    return undefined
  }
  return hasher.digest().slice("sha256:".length)
}

/** Finds what is there and should not be. What is missing was found already. */
async function* checkFolder(tree: string, path: string, count: number): AsyncGenerator<string> {
  const folder = path === "" ? tree : `${tree}/${path}`
  const stats = lookAt(folder)
  // A link in its place was found already, too, and may lead anywhere.
  if (typeof stats === "string" || !stats.isDirectory()) return
  const entries = await ifThere(readdir(folder, { withFileTypes: true }))
  if (entries === undefined) return
  let counted = 0
  for (const entry of entries) {
    const inside = path === "" ? entry.name : `${path}/${entry.name}`
    const isLink = entry.isSymbolicLink()
    const target = isLink ? { target: await readlink(`${folder}/${entry.name}`) } : {}
    if (countsInTree({ path: inside, type: isLink ? "link" : "file", ...target })) counted++
  }
  if (counted > count) yield `its folder ${JSON.stringify(path)} has ${counted - count} entries too many`
}

async function* checkUncounted(folder: string): AsyncGenerator<string> {
  for await (const { path, hex, sizeBytes } of uncountedEntries(`${folder}/uncounted`)) {
    if ((await hashBody(`${folder}/tree/${path}`, sizeBytes)) !== hex)
      yield `its entry ${JSON.stringify(path)} has other bytes`
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/")
  return slash < 0 ? "" : path.slice(0, slash)
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0")
}

function typeOf(stats: Stats): string {
  if (stats.isFile()) return "f"
  if (stats.isDirectory()) return "d"
  if (stats.isSymbolicLink()) return "l"
  if (stats.isCharacterDevice()) return "c"
  if (stats.isBlockDevice()) return "b"
  return stats.isFIFO() ? "p" : "s"
}
