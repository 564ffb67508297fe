import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { MOST_NAME_BYTES } from "./name-table.ts"

/** PATH_MAX of Linux, without the NUL at its end. */
export const MOST_PATH_BYTES = 4095

export interface PathRules {
  readonly place: ImagePlace
  readonly maxDepth: number
  /**
   * What a leading slash means. In a flat tar it is refused: the writer was told to pack names of its own machine. In a layer it is the root
   * of the image, as docker, containerd and umoci have it, since some builders write all names so.
   */
  readonly leadingSlash: "refused" | "root"
}

/**
 * Takes the path of an entry, or the target of a hard link, apart into names. `.` and double slashes are dropped.
 *
 * @param entry  The entry's path, for messages.
 * @returns no names for the root itself.
 * @throws {GeartrainError} IMAGE_PATH_OUTSIDE for `..` and, unless allowed, a leading slash; IMAGE_NAME_TOO_LONG
 */
export function splitEntryPath(path: string, entry: string, rules: PathRules): readonly string[] {
  const { place } = rules
  const what = path === entry ? "" : `links to ${JSON.stringify(path.slice(0, 200))}, which `
  if (path.startsWith("/") && rules.leadingSlash === "refused") {
    throw imageError("IMAGE_PATH_OUTSIDE", place, {
      entry,
      problem: `${what}begins with a slash`,
      hint: "Pack the folder with tar --create --directory FOLDER . so that names are relative",
    })
  }
  const names: string[] = []
  let bytes = -1
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue
    if (name === "..") {
      throw imageError("IMAGE_PATH_OUTSIDE", place, {
        entry,
        problem: `${what}leads upwards, out of the root filesystem`,
        hint: HINTS.notHonest,
      })
    }
    const length = Buffer.byteLength(name)
    bytes += length + 1
    if (length > MOST_NAME_BYTES || bytes > MOST_PATH_BYTES || names.length >= rules.maxDepth) {
      throw tooLong(place, entry, { length, bytes, maxDepth: rules.maxDepth })
    }
    names.push(name)
  }
  return names
}

function tooLong(
  place: ImagePlace,
  entry: string,
  found: { readonly length: number; readonly bytes: number; readonly maxDepth: number },
): Error {
  const isDeep = found.length <= MOST_NAME_BYTES && found.bytes <= MOST_PATH_BYTES
  const problem =
    found.length > MOST_NAME_BYTES
      ? `has a name of ${found.length} bytes, and may have ${MOST_NAME_BYTES}`
      : found.bytes > MOST_PATH_BYTES
        ? `has a path of more than ${MOST_PATH_BYTES} bytes`
        : `lies more than ${found.maxDepth} folders deep`
  return imageError("IMAGE_NAME_TOO_LONG", place, {
    entry,
    problem,
    hint: isDeep
      ? `Shorten the path, or allow more: gear import --image-limit depth=${found.maxDepth * 2}`
      : "Shorten the path, and pack the folder again",
  })
}
