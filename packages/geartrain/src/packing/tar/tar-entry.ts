import type { Xattrs } from "@geartrain/spec"

export type TarEntryType = "file" | "folder" | "link" | "hard-link" | "character-device" | "block-device" | "fifo"

/** A stretch of a sparse file that has bytes; what lies between the stretches reads as zeros. */
export interface DataSegment {
  readonly offset: number
  readonly length: number
}

/** One entry of a tar archive, whatever dialect it was written in. */
export interface TarEntry {
  readonly type: TarEntryType
  /** As the archive has it: perhaps with `./`, slashes too many or `..`. Well-formed UTF-8 without NUL. */
  readonly path: string
  /** 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Whole seconds since 1970, rounded down. */
  readonly mtime: number
  /** Bytes of a file, holes included; 0 for all others. */
  readonly size: number
  /** Of a link, as the archive has it; empty for all others. */
  readonly target: string
  readonly major: number
  readonly minor: number
  readonly xattrs: Xattrs
  /** Of a sparse file: ascending, without overlap, none empty. Absent: the file has no holes. */
  readonly segments?: readonly DataSegment[]
  /** Where the entry's first header begins, in bytes. */
  readonly offset: number
  /** Where the stored body begins, in bytes. */
  readonly bodyOffset: number
}

export const NO_XATTRS: Xattrs = new Map()
