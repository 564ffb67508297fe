/** One line of an access list, with Linux's numbers for tag and permissions. */
interface AclEntry {
  readonly tag: number
  readonly permissions: number
  readonly id: number
}

const TAGS = { userOwner: 1, user: 2, groupOwner: 4, group: 8, mask: 16, other: 32 } as const
const NO_ID = 0xffffffff
const VERSION = 2
const ENTRY_BYTES = 8

/**
 * Turns an access list in text form, as `SCHILY.acl.access` and `SCHILY.acl.default` have it, into the value of the extended attribute
 * `system.posix_acl_access` or `system.posix_acl_default`.
 *
 * Both spellings in use are read: star's (`user::rwx,user:ann:r-x:1000`, the id at the end) and GNU tar's
 * (`user::rwx\nuser:1000:r-x`, with names unless it ran with --numeric-owner).
 *
 * @returns undefined when it cannot be understood. A name without a number is such a case: whom it means depends on the machine.
 * @see acl(5), "ACL TEXT FORMS"; star(4), "SCHILY.acl.access"; linux/posix_acl_xattr.h
 */
export function aclFromText(text: string): Buffer | undefined {
  const entries: AclEntry[] = []
  for (const line of text.split(/[\n,]/)) {
    const words = line.replace(/#.*$/, "").trim()
    if (words === "") continue
    const entry = parseLine(words)
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  return encode(entries)
}

/**
 * Brings the binary form into its one order, so that equal lists have equal bytes.
 *
 * @returns undefined when the bytes are no valid access list.
 */
export function canonicalAcl(value: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (bytes.length < 4 || (bytes.length - 4) % ENTRY_BYTES !== 0 || bytes.readUInt32LE(0) !== VERSION) return undefined
  const entries: AclEntry[] = []
  for (let at = 4; at < bytes.length; at += ENTRY_BYTES) {
    entries.push({
      tag: bytes.readUInt16LE(at),
      permissions: bytes.readUInt16LE(at + 2),
      id: bytes.readUInt32LE(at + 4),
    })
  }
  return encode(entries)
}

/** Whether a list says no more than the nine permission bits do. The kernel keeps no such list for `access`. */
export function isMinimalAcl(canonical: Uint8Array): boolean {
  return canonical.length === 4 + 3 * ENTRY_BYTES
}

function parseLine(words: string): AclEntry | undefined {
  const [tagWord = "", qualifier = "", permissionWord = "", numeric] = words.replace(/^d(efault)?:/, "").split(":")
  // `mask:r-x` and `other:r-x` may leave out the empty qualifier.
  const isShort = permissionWord === "" && /^[rwx-]{3}$/.test(qualifier)
  const permissions = parsePermissions(isShort ? qualifier : permissionWord)
  const name = isShort ? "" : qualifier
  const tag = tagOf(tagWord, name !== "")
  if (permissions === undefined || tag === undefined) return undefined
  if (name === "") return { tag, permissions, id: NO_ID }
  const digits = numeric ?? name
  return /^\d{1,10}$/.test(digits) ? { tag, permissions, id: Number(digits) } : undefined
}

function tagOf(word: string, isNamed: boolean): number | undefined {
  if (word === "user" || word === "u") return isNamed ? TAGS.user : TAGS.userOwner
  if (word === "group" || word === "g") return isNamed ? TAGS.group : TAGS.groupOwner
  if (isNamed) return undefined
  if (word === "mask" || word === "m") return TAGS.mask
  return word === "other" || word === "o" ? TAGS.other : undefined
}

function parsePermissions(word: string): number | undefined {
  const match = /^([r-])([w-])([x-])$/.exec(word)
  if (match === null) return undefined
  return (match[1] === "r" ? 4 : 0) + (match[2] === "w" ? 2 : 0) + (match[3] === "x" ? 1 : 0)
}

function encode(entries: readonly AclEntry[]): Buffer | undefined {
  if (!isValid(entries)) return undefined
  const sorted = [...entries].sort((a, b) => a.tag - b.tag || a.id - b.id)
  const bytes = Buffer.alloc(4 + sorted.length * ENTRY_BYTES)
  bytes.writeUInt32LE(VERSION, 0)
  for (const [index, { tag, permissions, id }] of sorted.entries()) {
    const at = 4 + index * ENTRY_BYTES
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(permissions, at + 2)
    bytes.writeUInt32LE(isNamedTag(tag) ? id : NO_ID, at + 4)
  }
  return bytes
}

function isNamedTag(tag: number): boolean {
  return tag === TAGS.user || tag === TAGS.group
}

/** The kernel's own rules: one owner, one group, one other; a mask when anybody is named; nobody twice. */
function isValid(entries: readonly AclEntry[]): boolean {
  const seen = new Set<string>()
  for (const { tag, permissions, id } of entries) {
    const known = Object.values<number>(TAGS).includes(tag)
    const isNamed = isNamedTag(tag)
    const key = isNamed ? `${tag}:${id}` : String(tag)
    if (!known || permissions > 7 || seen.has(key) || (isNamed && id >= NO_ID)) return false
    seen.add(key)
  }
  const has = (tag: number): boolean => seen.has(String(tag))
  const isNaming = entries.some(({ tag }) => isNamedTag(tag))
  return has(TAGS.userOwner) && has(TAGS.groupOwner) && has(TAGS.other) && (!isNaming || has(TAGS.mask))
}
