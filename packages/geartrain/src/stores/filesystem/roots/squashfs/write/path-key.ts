const SLASH = 0x2f

/**
 * The key that a path is sorted by: NUL stands for each slash, so that all that is in a folder comes right after it, and before whatever has the folder's
 * name as its beginning.
 *
 * @param path  As an archive may have it: with `./`, and with slashes too many.
 * @returns empty for the root.
 * @throws {RangeError} for one that leads upwards
 */
export function pathKey(path: string): Buffer {
  const key = Buffer.from(isPlain(path) ? path : plain(path))
  for (let at = key.indexOf(SLASH); at >= 0; at = key.indexOf(SLASH, at + 1)) key[at] = 0
  return key
}

/** The path that a key was made of. */
export function pathOfKey(key: Uint8Array): string {
  return Buffer.from(key).toString("utf8").replaceAll("\0", "/")
}

/** As all are that we write ourselves: whether one is, is asked of each of a million. */
function isPlain(path: string): boolean {
  return !/(?:^|\/)(?:\.{0,2}(?:\/|$))/.test(path)
}

function plain(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".")
  if (parts.includes("..")) throw new RangeError(`its entry ${JSON.stringify(path)} leads out of it`)
  return parts.join("/")
}
