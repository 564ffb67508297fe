import type { Xattrs } from "@geartrain/spec"
import { aclFromText, canonicalAcl, isMinimalAcl } from "./posix-acl.ts"
import { NO_XATTRS } from "./tar-entry.ts"

const SCHILY = "SCHILY.xattr."
const LIBARCHIVE = "LIBARCHIVE.xattr."
const ACLS = new Map([
  ["SCHILY.acl.access", "system.posix_acl_access"],
  ["SCHILY.acl.default", "system.posix_acl_default"],
])

/** A record that stands for an extended attribute and could not be understood. */
export interface UnreadableXattr {
  readonly unreadable: string
  readonly isAcl: boolean
}

/**
 * Collects the extended attributes that a file's PAX records stand for, access lists in their one binary form.
 *
 * The values are views of the records. An access list that says no more than the permission bits is left out.
 */
export function xattrsFromRecords(values: ReadonlyMap<string, Buffer>): Xattrs | UnreadableXattr {
  let found: Map<string, Uint8Array> | undefined
  const late: (readonly [string, Uint8Array])[] = []
  for (const [keyword, value] of values) {
    if (keyword.startsWith(SCHILY)) {
      found ??= new Map()
      found.set(decodeSchilyName(keyword.slice(SCHILY.length)), value)
    } else if (keyword.startsWith("SCHILY.acl.")) {
      const name = ACLS.get(keyword)
      const acl = name === undefined ? undefined : aclFromText(value.toString("utf8"))
      // An empty value takes a record back that a global header gave.
      if (value.length === 0) continue
      if (name === undefined || acl === undefined) return { unreadable: keyword, isAcl: true }
      late.push([name, acl])
    } else if (keyword.startsWith(LIBARCHIVE)) {
      const name = decodePercent(keyword.slice(LIBARCHIVE.length))
      if (name === undefined) return { unreadable: keyword, isAcl: false }
      late.push([name, Buffer.from(value.toString("latin1"), "base64")])
    }
  }
  if (found === undefined && late.length === 0) return NO_XATTRS
  const xattrs = found ?? new Map<string, Uint8Array>()
  // bsdtar writes each attribute in both ways, and GNU tar each access list: the binary one is exact.
  for (const [name, value] of late) if (!xattrs.has(name)) xattrs.set(name, value)
  return withCanonicalAcls(xattrs)
}

function withCanonicalAcls(xattrs: Map<string, Uint8Array>): Xattrs | UnreadableXattr {
  for (const name of ACLS.values()) {
    const value = xattrs.get(name)
    if (value === undefined) continue
    const acl = canonicalAcl(value)
    if (acl === undefined) return { unreadable: name, isAcl: true }
    if (name === "system.posix_acl_access" && isMinimalAcl(acl)) xattrs.delete(name)
    else xattrs.set(name, acl)
  }
  return xattrs
}

/** GNU tar writes `=` and `%` in a name as `%3D` and `%25`, since a keyword ends at the first `=`. Nothing else is escaped. */
function decodeSchilyName(name: string): string {
  return name.includes("%") ? name.replaceAll("%3D", "=").replaceAll("%25", "%") : name
}

/** The keyword for an extended attribute: the inverse of what is read. */
export function xattrKeyword(name: string): string {
  return SCHILY + name.replaceAll("%", "%25").replaceAll("=", "%3D")
}

function decodePercent(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    // Broken escapes: the caller names the record.
    return undefined
  }
}
