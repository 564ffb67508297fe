/**
 * The file operations that the rest of the program uses. Rooms import them from here and not from Node, so that what touches the disk can be found in one place.
 */
export type { BigIntStats, Stats } from "node:fs"
export { constants, createReadStream, createWriteStream, existsSync } from "node:fs"
export {
  access,
  chmod,
  chown,
  copyFile,
  type FileHandle,
  link,
  lstat,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  symlink,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises"
export { mkdir } from "./linux/make-folders.ts"
