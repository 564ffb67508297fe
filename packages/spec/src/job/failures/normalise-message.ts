/**
 * Makes messages alike that tell of the same: what differs from job to job (numbers, ids, digests, paths, addresses, times) becomes a word for
 * what it is. Doing it again changes nothing.
 *
 * @example
 *   normaliseMessage("Cannot read /data/sub-01/t1.nii at 12:03:11: 512 bytes of 1024") // => "Cannot read <path> at <time>: <n> bytes of <n>"
 */
export function normaliseMessage(message: string): string {
  let text = message.slice(0, LONGEST).replaceAll(/\s+/g, " ").trim()
  // What one mask leaves may be something to another: it is over when nothing changes, and each change leaves less to mask.
  for (let before = ""; before !== text; ) {
    before = text
    for (const [pattern, word] of MASKS) text = text.replaceAll(pattern, word)
  }
  return text
}

/** What comes after the first 2,000 letters tells nothing that the group needs. */
const LONGEST = 2_000

/** In this order: what holds others comes first. None can match what another has written. */
const MASKS: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,10}:\/\/[^\s"'<>]+/gi, "<address>"],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, "<time>"],
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b/g, "<time>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\bsha(?:1|256|384|512):[0-9a-f]+/gi, "<id>"],
  [/\b0x[0-9a-f]+\b/gi, "<id>"],
  // Long words of hexadecimal digits that have a digit in them, so that "deadbeef" alone is no word of ours.
  [/\b(?=[a-f]*\d)[0-9a-f]{8,128}\b/gi, "<id>"],
  [/(?<![\w<])(?:~|\.{1,2})?\/[^\s"'<>:;,()]+/g, "<path>"],
  [/(?<![\w<])(?:[\w.-]+\/){1,40}[\w.-]*\d[\w.-]*/g, "<path>"],
  [/\d+(?:[.,]\d+)*(?:e[+-]?\d+)?/gi, "<n>"],
]
