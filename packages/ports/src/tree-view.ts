/** One name of a root filesystem, without what only its bytes tell. */
export interface ViewedEntry {
  /** As in `TreeEntry`: relative to the root, without a slash before. */
  readonly path: string
  readonly type: "file" | "folder" | "link" | "character-device" | "block-device" | "fifo"
  /** Permission bits: 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Of a link. */
  readonly target?: string
}

/** A root filesystem to look around in, without its bytes but for how programs and scripts begin. */
export interface TreeView {
  /** All that counts in the tree's digest, in the order of its listing. */
  entries(): Iterable<ViewedEntry>
  /**
   * What a path leads to in the end, as a process sees it whose root this is: through links, which never lead out.
   *
   * @param path  From the root, with or without a slash before.
   * @returns the entry under its own path; undefined where there is none.
   */
  find(path: string): ViewedEntry | undefined
  /**
   * The first bytes of a file, 256 at most; undefined where they were not kept. They are for everything in `flywheel/v0`, and for each file that
   * begins with `#!`, with or without a byte-order mark before it.
   */
  head(path: string): Uint8Array | undefined
}
