/** Bytes of a stretch of a file: from the first on, to the last, both counted from 0. */
export interface ByteRange {
  readonly first: number
  /** Undefined: to the end. */
  readonly last?: number | undefined
}

/**
 * The header that makes a browser save what comes under a name, whatever that is.
 *
 * @example
 *   attachment('a "b".txt') // => "attachment; filename=\"a _b_.txt\"; filename*=UTF-8''a%20%22b%22.txt"
 * @see RFC 6266; RFC 8187 for the second name
 */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w .()+,=@~-]/g, "_")
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/**
 * A media type that anybody may have written, as it may stand in a header.
 *
 * @example
 *   safeMediaType("image/png") // => "image/png"
 *   safeMediaType("text/html\r\nx: y") // => "application/octet-stream"
 */
export function safeMediaType(text: string): string {
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(text) ? text : "application/octet-stream"
}

/**
 * The one stretch of bytes that a header `Range` asks for.
 *
 * @returns undefined for all of them: when it asks for none, for several, or for something else than bytes.
 * @see RFC 9110, 14.2
 * @example
 *   readRange("bytes=2-5", 10) // => { first: 2, last: 5 }
 *   readRange("bytes=-3", 10) // => { first: 7 }
 *   readRange("bytes=0-1,5-6", 10) // => undefined
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? []
  if (first === "" && last === "") return undefined
  // The last so many; of a suffix of nothing there is no byte.
  if (first === "") return { first: Number(last) === 0 ? sizeBytes : Math.max(0, sizeBytes - Number(last)) }
  if (last === "") return { first: Number(first) }
  return Number(last) < Number(first) ? undefined : { first: Number(first), last: Number(last) }
}
