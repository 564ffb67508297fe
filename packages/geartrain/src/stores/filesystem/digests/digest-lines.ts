import { type Digest, isDigest } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"

const FORMAT = "geartrain-input-digests/1"

/** So many digests are kept, the oldest going first: more large files than anybody works with at a time, in 250 kB. */
export const MOST_DIGESTS = 1000

/** No file of ours is larger; another one is not even read. */
export const MOST_DIGEST_LINES_BYTES = 1024 * 1024

/**
 * Writes digests by file key, the oldest first.
 *
 *   geartrain-input-digests/1 <digest of all that follows>
 *   <key> <digest>
 *   …
 */
export function encodeDigestLines(digests: ReadonlyMap<string, Digest>): string {
  const kept = [...digests].slice(-MOST_DIGESTS)
  const lines = kept.map(([key, digest]) => `${key} ${digest}\n`).join("")
  return `${FORMAT} ${sha256(Buffer.from(lines))}\n${lines}`
}

/**
 * Reads what `encodeDigestLines` wrote.
 *
 * @returns undefined when one byte of it is not as it was: a damaged digest would put a wrong one into a record.
 */
export function parseDigestLines(text: string): Map<string, Digest> | undefined {
  const end = text.indexOf("\n")
  const lines = text.slice(end + 1)
  if (text.slice(0, end) !== `${FORMAT} ${sha256(Buffer.from(lines))}`) return undefined
  const digests = new Map<string, Digest>()
  for (const line of lines.split("\n").slice(0, -1)) {
    const [key = "", digest = "", ...more] = line.split(" ")
    if (!/^\d+(:-?\d+){4}$/.test(key) || !isDigest(digest) || more.length > 0) return undefined
    digests.set(key, digest)
  }
  return digests
}
