/** The way from the root of a JSON document to a value in it: member names and indexes. */
export type JsonPath = readonly (string | number)[]

/**
 * Writes a path as a JSON pointer, but for the root, which is `/` and not the empty text, since that would be lost in a message.
 *
 * @see RFC 6901
 * @example
 *   formatPath(["config", "a/b", 0]) // => "/config/a~1b/0"
 *   formatPath([]) // => "/"
 */
export function formatPath(path: JsonPath): string {
  if (path.length === 0) return "/"
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")
}
