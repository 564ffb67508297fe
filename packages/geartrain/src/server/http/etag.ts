import { GeartrainError } from "@geartrain/spec"

/**
 * The ETag of a thing that counts its changes.
 *
 * @example
 *   etagOf(7) // => "\"7\""
 */
export function etagOf(revision: number): string {
  return `"${revision}"`
}

/**
 * The revision that a header `If-Match` asks for.
 *
 * @returns undefined when it asks for none: it is not there, or `*`.
 * @throws {GeartrainError} REQUEST_INVALID for anything else than one ETag of ours.
 * @see RFC 9110, 13.1.1
 */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === "*") return undefined
  const [, revision] = /^"(\d{1,15})"$/.exec(header) ?? []
  if (revision !== undefined) return Number(revision)
  throw new GeartrainError(
    "REQUEST_INVALID",
    `Cannot take the request: If-Match "${header.slice(0, 100)}" is no ETag of this server`,
    {
      hint: "Send the ETag of the answer that was read",
    },
  )
}
