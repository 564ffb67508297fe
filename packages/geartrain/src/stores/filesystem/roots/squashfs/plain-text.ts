/**
 * A name or target as text.
 *
 * @throws {RangeError} when it is no UTF-8, or has a NUL
 */
export function decodePlainText(bytes: Buffer): string {
  const text = bytes.toString("utf8")
  // Each byte that is none of UTF-8 is read as U+FFFD, which a name may have, too.
  if (text.includes("\ufffd") && !Buffer.from(text).equals(bytes))
    throw new RangeError("it has a name that is no UTF-8")
  if (text.includes("\0")) throw new RangeError("it has a name with a NUL")
  return text
}
