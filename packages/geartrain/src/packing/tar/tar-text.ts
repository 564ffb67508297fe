import { isUtf8 } from "node:buffer"

/** Text as an archive has it. When it is not UTF-8, `text` shows each byte as one character, good for a message only. */
export interface Text {
  readonly text: string
  readonly isUtf8: boolean
}

export function decodeText(bytes: Buffer): Text {
  const text = bytes.toString("utf8", 0, bytes.length)
  // The replacement character may have been there from the beginning; only then is a second look needed.
  if (!text.includes("\ufffd") || isUtf8(bytes)) return { text, isUtf8: true }
  return { text: bytes.toString("latin1", 0, bytes.length), isUtf8: false }
}
