import { canonicalJson } from "../json/canonical-json.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { TreeEntry, Xattrs } from "./tree-entry.ts"

/** First line of every listing. Another way of listing is another version, never this one changed. */
export const TREE_LISTING_HEADER = "geartrain-tree/1\n"

/**
 * Writes the line that stands for one entry in the canonical listing of a root filesystem, or nothing for an entry that does not count.
 *
 * The tree digest is the sha256 of the header and the lines of all entries, in the byte order of their paths (`comparePaths`). A line
 * is a JSON array, in canonical form, and a line feed:
 *
 *   [path, "f", mode, uid, gid, sha256, size, mtime]          file; sha256 as 64 digits, mtime in whole seconds, rounded down
 *   [path, "d", mode, uid, gid]                               folder
 *   [path, "l", uid, gid, target]                             symbolic link, whose mode no kernel reads
 *   [path, "c" | "b", mode, uid, gid, major, minor]           device
 *   [path, "p", mode, uid, gid]                               named pipe
 *
 * and, where the entry has any that count, an object of its extended attributes at the end, values in hexadecimal.
 *
 * @see docs/spec/identity.md
 * @example
 *   treeLine({ type: "link", path: "bin", target: "usr/bin", mode: 511, uid: 0, gid: 0, mtime: 0, xattrs: new Map() })
 *   // => '["bin","l",0,0,"usr/bin"]\n'
 */
export function treeLine(entry: TreeEntry): string {
  if (!countsInTree(entry)) return ""
  const fields = treeFields(entry)
  const xattrs = countedXattrs(entry.xattrs)
  return `${canonicalJson(xattrs === undefined ? fields : [...fields, xattrs])}\n`
}

/**
 * Tells whether an entry is part of a gear's identity. What a runtime puts into every container is not: it says nothing about the gear, and
 * a packing made by `docker export` has it where one made by GNU tar has not.
 */
export function countsInTree(entry: Pick<TreeEntry, "path" | "type"> & { readonly target?: string }): boolean {
  if (RUNTIME_OWNED.has(entry.path)) return false
  if (RUNTIME_FOLDERS.some((folder) => entry.path.startsWith(folder))) return false
  // Docker makes this link in every container of an image that has none.
  return !(entry.path === "etc/mtab" && entry.type === "link" && entry.target === "/proc/mounts")
}

const RUNTIME_FOLDERS = ["dev/", "proc/", "sys/"]
const RUNTIME_OWNED = new Set([
  "",
  "dev",
  "proc",
  "sys",
  ".dockerenv",
  "run/.containerenv",
  "etc/hosts",
  "etc/hostname",
  "etc/resolv.conf",
])

/** Orders paths by their UTF-8 bytes, which is the order of their code points and not that of JavaScript's strings. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return codePointRank(left) - codePointRank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all others, though their code units do not come last. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function treeFields(entry: TreeEntry): readonly JsonValue[] {
  const { path, mode, uid, gid } = entry
  switch (entry.type) {
    case "file":
      return [path, "f", mode, uid, gid, entry.digest.slice("sha256:".length), entry.size, Math.floor(entry.mtime)]
    case "folder":
      return [path, "d", mode, uid, gid]
    case "link":
      return [path, "l", uid, gid, entry.target]
    case "character-device":
      return [path, "c", mode, uid, gid, entry.major, entry.minor]
    case "block-device":
      return [path, "b", mode, uid, gid, entry.major, entry.minor]
    case "fifo":
      return [path, "p", mode, uid, gid]
  }
}

/**
 * The extended attributes that change what a program may do or see. Others (`trusted.overlay.*`, `security.selinux`) are notes of the machine
 * that the tree lay on.
 */
export function isCountedXattr(name: string): boolean {
  return name === "security.capability" || name.startsWith("user.") || name.startsWith("system.posix_acl_")
}

function countedXattrs(xattrs: Xattrs): JsonValue | undefined {
  const counted: Record<string, string> = {}
  for (const [name, value] of xattrs) if (isCountedXattr(name)) counted[name] = hex(value)
  return Object.keys(counted).length === 0 ? undefined : counted
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
