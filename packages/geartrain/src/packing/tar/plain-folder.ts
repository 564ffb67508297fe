import { NO_XATTRS } from "./tar-entry.ts"
import type { WritableEntry } from "./tar-writer.ts"

/**
 * Time of folders, links, devices and pipes, whose times are no part of a gear and so must not come from one of its packings: 2 January 1980,
 * the first whole day that a zip file can hold in every time zone, so that a gear may zip a copy of its own folders.
 */
export const FOLDER_MTIME = 315_619_200

/** A folder as it is written where nothing else is known of it: of root's, open to all, and the root of the tree itself. */
export const PLAIN_FOLDER: WritableEntry = {
  type: "folder",
  path: ".",
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: FOLDER_MTIME,
  size: 0,
  target: "",
  major: 0,
  minor: 0,
  xattrs: NO_XATTRS,
}
