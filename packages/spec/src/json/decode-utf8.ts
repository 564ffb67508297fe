import { positionsOf } from "../text/text-position.ts"
import type { JsonFault } from "./json-fault.ts"

export type DecodeResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: JsonFault }

/**
 * Turns the bytes of a file into text, or tells where they are not UTF-8. A byte-order mark stays, so that it can be reported.
 *
 * @example
 *   decodeUtf8(new Uint8Array([0x7b, 0xff])).fault.problem // => "byte 0xff is not part of UTF-8 text"
 */
export function decodeUtf8(bytes: Uint8Array): DecodeResult {
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    // The decoder says that there is a fault and not where: so it is looked for below.
    return { ok: false, fault: faultOf(bytes) }
  }
}

function faultOf(bytes: Uint8Array): JsonFault {
  const offset = firstBadByte(bytes)
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, offset))
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  return {
    kind: "not-utf-8",
    ...positionsOf(before)(before.length),
    problem: utf16 ? "the text is UTF-16" : `byte 0x${(bytes[offset] ?? 0).toString(16)} is not part of UTF-8 text`,
    fix: "Save the file as UTF-8 without byte-order mark",
  }
}

function firstBadByte(bytes: Uint8Array): number {
  let offset = 0
  while (offset < bytes.length) {
    const length = sequenceLength(bytes, offset)
    if (length === 0) return offset
    offset += length
  }
  return offset
}

/** Bytes of the character that begins here; 0 where none does. Table 3-7 of the Unicode standard. */
function sequenceLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const second = bytes[offset + 1] ?? 0
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let index = 2; index < length; index++) if (((bytes[offset + index] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}
