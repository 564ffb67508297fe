import { GeartrainError, nearestName } from "@geartrain/spec"
import { parseCount, parseSize } from "./parse-amount.ts"

/** How large an image may be at most, where the program's own limits are not enough or too much. */
export interface ImageLimitSettings {
  readonly entries?: number
  /** Bytes, unpacked. */
  readonly size?: number
  /** Unpacked bytes for each packed one. */
  readonly expansion?: number
  /** Bytes of holes in sparse files for each packed one. */
  readonly holes?: number
  readonly depth?: number
  readonly layers?: number
}

/** What each name means, for help and documents. */
export const IMAGE_LIMITS: Readonly<Record<keyof ImageLimitSettings, string>> = {
  entries: "files, folders and links of all layers together",
  size: "bytes when unpacked",
  expansion: "times that it may grow by being unpacked",
  holes: "the same for the holes of sparse files",
  depth: "folders in each other",
  layers: "layers",
}

/**
 * Reads limits as people write them.
 *
 * @param what  Where the text comes from, such as `--image-limit`, for the message.
 * @throws {GeartrainError} USAGE for a name that is none, or twice, and for a value that is none.
 * @example
 *   parseImageLimits(["entries=5000000", "size=200g"], "--image-limit") // => { entries: 5000000, size: 214748364800 }
 */
export function parseImageLimits(texts: readonly string[], what: string): ImageLimitSettings {
  const limits = new Map<string, number>()
  for (const text of texts) {
    const [name = "", value] = text.split("=", 2)
    if (!Object.hasOwn(IMAGE_LIMITS, name) || value === undefined || limits.has(name))
      throw unreadable(text, what, { name, isTwice: limits.has(name) })
    const from = `${what} ${name}=`
    limits.set(name, name === "size" ? parseSize(value, from) : parseCount(value, from, { whole: true }))
  }
  return Object.fromEntries(limits)
}

function unreadable(
  text: string,
  what: string,
  found: { readonly name: string; readonly isTwice: boolean },
): GeartrainError<"USAGE"> {
  const names = Object.keys(IMAGE_LIMITS)
  const near = nearestName(found.name, names)
  const is = found.isTwice
    ? `"${found.name}" is given twice`
    : `it has to be NAME=VALUE, with one of ${names.join(", ")}`
  const meant = near === undefined || near === found.name ? "entries=2000000" : `${near}=…`
  return new GeartrainError("USAGE", `Cannot read ${what} "${text}": ${is}`, {
    details: { text, names },
    hint: found.isTwice ? "Give each limit once" : `Write it as ${what} ${meant}`,
  })
}
