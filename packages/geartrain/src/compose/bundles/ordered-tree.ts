import type { TreeDigest, Xattrs } from "@geartrain/spec"
import { FOLDER_MTIME } from "../../packing/tar/plain-folder.ts"
import type { TarEntryType } from "../../packing/tar/tar-entry.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { checkedBody } from "../../stores/filesystem/roots/checked-body.ts"
import type { ListedEntry } from "../../stores/filesystem/roots/listing-lines.ts"
import { rootDamaged } from "../../stores/filesystem/roots/root-folder.ts"
import type { FilesystemRootStore } from "../../stores/filesystem/roots/root-store.ts"
import { lookAtOnce } from "../../system/small-file.ts"
import { systemCode } from "../../system/system-code.ts"

/**
 * Reads a root filesystem that is kept as a tree in the order of its listing, which is also that of one that is kept packed: so that both make the
 * same tar, wherever the tree came from.
 *
 * @returns undefined for one of another form
 */
export async function orderedTree(
  tree: TreeDigest,
  roots: Pick<FilesystemRootStore, "stat" | "listing">,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const root = await roots.stat(tree)
  return root?.form === "tree" ? tarOf(root.path, tree, roots) : undefined
}

async function* tarOf(
  folder: string,
  tree: TreeDigest,
  roots: Pick<FilesystemRootStore, "listing">,
): AsyncGenerator<Uint8Array, void> {
  /** The first name of each file that has more, by inode. */
  const names = new Map<string, string>()
  for await (const listedEntry of listed(tree, roots)) {
    const entry = entryOf(listedEntry)
    const first = listedEntry.type === "f" ? firstName(listedEntry, folder, names) : undefined
    if (first !== undefined) {
      yield encodeHeader({ ...entry, type: "hard-link", size: 0, target: first, xattrs: new Map() })
      continue
    }
    yield encodeHeader(entry)
    if (listedEntry.type !== "f" || listedEntry.sizeBytes === 0) continue
    yield* checkedBody(folder, listedEntry, tree)
    yield bodyPadding(entry)
  }
  yield END_OF_ARCHIVE
}

async function* listed(
  tree: TreeDigest,
  roots: Pick<FilesystemRootStore, "listing">,
): AsyncGenerator<ListedEntry, void> {
  try {
    yield* (await roots.listing(tree)) ?? []
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
    throw rootDamaged(tree, "its listing is damaged", error)
  }
}

const TYPES: Readonly<Record<ListedEntry["type"], TarEntryType>> = {
  f: "file",
  d: "folder",
  l: "link",
  c: "character-device",
  b: "block-device",
  p: "fifo",
}

function entryOf(entry: ListedEntry): WritableEntry {
  const { path, type, uid, gid } = entry
  const isDevice = type === "c" || type === "b"
  return {
    ...{ path, type: TYPES[type], uid, gid },
    mode: type === "l" ? 0o777 : entry.mode,
    mtime: type === "f" ? entry.mtimeS : FOLDER_MTIME,
    size: type === "f" ? entry.sizeBytes : 0,
    target: type === "l" ? entry.target : "",
    major: isDevice ? entry.major : 0,
    minor: isDevice ? entry.minor : 0,
    xattrs: xattrsOf(entry),
  }
}

function xattrsOf({ xattrs }: ListedEntry): Xattrs {
  return new Map(Object.entries(xattrs).map(([name, hex]) => [name, Buffer.from(hex, "hex")]))
}

/**
 * Whoever may not look into a folder, who is not root, knows of no names that belong together there.
 *
 * @returns under which name the file came before.
 */
function firstName(
  { path, hex }: ListedEntry & { readonly type: "f" },
  folder: string,
  names: Map<string, string>,
): string | undefined {
  const stats = lookIn(`${folder}/${path}`)
  if (stats === undefined || stats.nlink < 2) return undefined
  const key = `${stats.ino} ${hex}`
  const first = names.get(key)
  if (first === undefined) names.set(key, path)
  return first
}

function lookIn(path: string): ReturnType<typeof lookAtOnce> {
  try {
    return lookAtOnce(path)
  } catch (error) {
    if (systemCode(error) === "EACCES") return undefined
    throw error
  }
}
