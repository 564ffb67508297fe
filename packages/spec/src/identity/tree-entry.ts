import type { Digest } from "./digest.ts"

/** Extended attributes by name; values are bytes. */
export type Xattrs = ReadonlyMap<string, Uint8Array>

interface Common {
  /** Relative to the root, with `/` between names, neither leading nor trailing slash, no `.` or `..`, well-formed Unicode. */
  readonly path: string
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Modification time in seconds since 1970, perhaps with a fraction. Counts for files only, in whole seconds. */
  readonly mtime: number
  readonly xattrs: Xattrs
}

export interface FileEntry extends Common {
  readonly type: "file"
  /** Bytes, holes of a sparse file included. */
  readonly size: number
  readonly digest: Digest
}

export interface FolderEntry extends Common {
  readonly type: "folder"
}

export interface LinkEntry extends Common {
  readonly type: "link"
  readonly target: string
}

export interface DeviceEntry extends Common {
  readonly type: "character-device" | "block-device"
  readonly major: number
  readonly minor: number
}

export interface FifoEntry extends Common {
  readonly type: "fifo"
}

/** One name in a root filesystem. A hard link is a file entry of its own, equal to its fellows but for the path. */
export type TreeEntry = FileEntry | FolderEntry | LinkEntry | DeviceEntry | FifoEntry
