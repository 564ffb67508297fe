/** Linux, NAME_MAX. */
const LONGEST_BYTES = 255
/** Leaves room for a number and a suffix that is put after it. */
const MOST_BYTES = 200

/**
 * Makes one step of a path from a text of anybody's: one that every file system takes, that leads nowhere else, and that can be shown on a terminal.
 *
 * What Linux, Windows or macOS refuses in a name, what moves a cursor or turns the direction of text is replaced, and every stretch of white space is
 * one blank; the text is composed (NFC), shortened to 200 bytes before its suffixes, and never ends in a dot or begins or ends in a blank. What is
 * safe already stays as it is.
 *
 * @param otherwise  For a text that has nothing left, itself safe.
 * @example
 *   safeName("T1 3D/TFE", "unknown") // => "T1 3D_TFE"
 *   safeName("../../etc", "unknown") // => "__.._etc"
 *   safeName("  ", "unknown") // => "unknown"
 * @see Microsoft, "Naming Files, Paths, and Namespaces"; Unicode Standard Annex 9, section 2
 */
export function safeName(text: string, otherwise: string): string {
  const plain = text
    // Of a text that goes on for megabytes, only so much can be in the name.
    .slice(0, MOST_BYTES * 4)
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(UNSAFE, "_")
    .replace(/^\.\.+/, "_")
  const name = withoutEdges(shortenName(withoutEdges(plain), MOST_BYTES))
  return name === "" ? otherwise : name
}

// Controls, formats (direction, zero width), what stands for bytes that are no text; what names of Windows may not have.
const UNSAFE = /[\p{Cc}\p{Cf}\ufffd/\\:*?"<>|]/gu

function withoutEdges(text: string): string {
  return text.replace(/^ +/, "").replace(/[. ]+$/, "")
}

/**
 * A name with a number before its suffixes, so that the type of the file can still be told.
 *
 * @example
 *   numberedName("T1.nii.gz", 2) // => "T1 (2).nii.gz"
 *   numberedName("README", 3) // => "README (3)"
 *   numberedName(".bidsignore", 2) // => ".bidsignore (2)"
 */
export function numberedName(name: string, number: number): string {
  const tail = ` (${number})`
  const { stem, suffixes } = splitName(shortenName(name, LONGEST_BYTES - tail.length))
  return `${stem}${tail}${suffixes}`
}

/**
 * A name of so many bytes at most, cut before its suffixes.
 *
 * @example
 *   shortenName("abcdefgh.nii.gz", 10) // => "abc.nii.gz"
 */
export function shortenName(name: string, mostBytes: number): string {
  if (Buffer.byteLength(name) <= mostBytes) return name
  const { stem, suffixes } = splitName(name)
  let left = mostBytes - suffixes.length
  let cut = ""
  for (const character of stem) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    cut += character
  }
  return cut + suffixes
}

function splitName(name: string): { readonly stem: string; readonly suffixes: string } {
  const suffixes = /(?<=.)(?:\.[A-Za-z0-9]{1,8}){1,2}$/.exec(name)?.[0] ?? ""
  return { stem: name.slice(0, name.length - suffixes.length), suffixes }
}
