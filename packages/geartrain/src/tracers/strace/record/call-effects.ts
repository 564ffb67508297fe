import type { TraceAction } from "@geartrain/ports"
import { addressesOf, descriptorOf, socketPathOf, textOf } from "./parse-words.ts"

/** A file that a call names: relative to a descriptor, or to the working folder where there is none. */
export interface NamedFile {
  readonly actions: readonly TraceAction[]
  /** Undefined where the process gave memory that is not its own. */
  readonly name: string | undefined
  /** Where the name begins if it is relative. */
  readonly from?: string
}

/** What a call does, apart from whether it succeeded. */
export interface CallEffects {
  readonly files: readonly NamedFile[]
  readonly addresses: readonly string[]
}

/** Places of a name among the arguments: of the name itself, and of the descriptor before it. */
interface Place {
  readonly does: TraceAction
  readonly name: number
  readonly from?: number
}

/**
 * What a call does to files and addresses, by its arguments. Of a call that is not known to name any, nothing.
 *
 * @example
 *   callEffects("unlink", ['"\\x2f\\x61"']).files // => [{ actions: ["write"], name: "/a" }]
 * @see syscalls(2)
 */
export function callEffects(call: string, words: readonly string[]): CallEffects {
  const opening = ownEntry(OPENINGS, call)
  if (opening !== undefined) return { files: [openedFile(words, opening)], addresses: [] }
  const address = ownEntry(ADDRESSES, call)
  if (address !== undefined) return addressed(words[address])
  const places = ownEntry(PLACES, call) ?? []
  return { files: places.map((place) => namedFile(words, place)), addresses: [] }
}

function ownEntry<Entry>(table: Readonly<Record<string, Entry>>, call: string): Entry | undefined {
  return Object.hasOwn(table, call) ? table[call] : undefined
}

function namedFile(words: readonly string[], { does, name, from }: Place): NamedFile {
  const begin = from === undefined ? {} : descriptorOf(words[from])
  const base = begin.path === undefined ? {} : { from: begin.path }
  const text = words[name] === "NULL" ? "" : textOf(words[name])
  // With a descriptor and no name, the call is about what the descriptor leads to; with neither, about nothing.
  const isNothing = text === "" && (from === undefined || words[from]?.startsWith("AT_FDCWD") === true)
  return { actions: [does], name: isNothing ? undefined : text, ...base }
}

interface Opening {
  readonly name: number
  readonly from?: number
  readonly flags: number
}

const OPENINGS: Readonly<Record<string, Opening>> = {
  open: { name: 0, flags: 1 },
  openat: { from: 0, name: 1, flags: 2 },
  openat2: { from: 0, name: 1, flags: 2 },
}

/** @see open(2) */
function openedFile(words: readonly string[], { name, from, flags }: Opening): NamedFile {
  const said = words[flags] ?? ""
  const has = (flag: string): boolean => new RegExp(`\\b${flag}\\b`).test(said)
  const file = namedFile(words, { does: "read", name, ...(from === undefined ? {} : { from }) })
  if (has("O_PATH")) return { ...file, actions: ["look"] }
  const writes = has("O_WRONLY") || has("O_RDWR") || has("O_CREAT") || has("O_TRUNC") || has("O_TMPFILE")
  return {
    ...file,
    actions: [...(has("O_WRONLY") ? [] : (["read"] as const)), ...(writes ? (["write"] as const) : [])],
  }
}

/** Which argument holds addresses. */
const ADDRESSES: Readonly<Record<string, number>> = { connect: 1, sendto: 4, sendmsg: 1, sendmmsg: 1 }

/** A socket in the file system is looked for by its name; an address in a network is reached for. */
function addressed(word: string | undefined): CallEffects {
  const socket = socketPathOf(word)
  return {
    files: socket === undefined || socket === "" ? [] : [{ actions: ["look"], name: socket }],
    addresses: addressesOf(word),
  }
}

function at(does: TraceAction, name: number): readonly Place[] {
  return [{ does, name }]
}

function below(does: TraceAction, from: number, name: number): readonly Place[] {
  return [{ does, from, name }]
}

function each(calls: readonly string[], places: readonly Place[]): Readonly<Record<string, readonly Place[]>> {
  return Object.fromEntries(calls.map((call) => [call, places]))
}

const PLACES: Readonly<Record<string, readonly Place[]>> = {
  ...each(["execve"], at("execute", 0)),
  ...each(["execveat"], below("execute", 0, 1)),
  ...each(["stat", "lstat", "access", "readlink", "statfs", "chdir", "chroot"], at("look", 0)),
  ...each(["getxattr", "lgetxattr", "listxattr", "llistxattr"], at("look", 0)),
  ...each(["inotify_add_watch"], at("look", 1)),
  ...each(["newfstatat", "statx", "faccessat", "faccessat2", "readlinkat", "name_to_handle_at"], below("look", 0, 1)),
  ...each(["creat", "mkdir", "rmdir", "unlink", "truncate", "mknod"], at("write", 0)),
  ...each(["chmod", "chown", "lchown", "utime", "utimes"], at("write", 0)),
  ...each(["setxattr", "lsetxattr", "removexattr", "lremovexattr"], at("write", 0)),
  ...each(["mkdirat", "mknodat", "unlinkat"], below("write", 0, 1)),
  ...each(["fchmodat", "fchmodat2", "fchownat", "futimesat", "utimensat"], below("write", 0, 1)),
  ...each(["rename"], [...at("write", 0), ...at("write", 1)]),
  ...each(["renameat", "renameat2"], [...below("write", 0, 1), ...below("write", 2, 3)]),
  ...each(["link"], [...at("look", 0), ...at("write", 1)]),
  ...each(["linkat"], [...below("look", 0, 1), ...below("write", 2, 3)]),
  ...each(["symlink"], at("write", 1)),
  ...each(["symlinkat"], below("write", 1, 2)),
}
