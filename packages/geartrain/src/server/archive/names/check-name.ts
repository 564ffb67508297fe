import { GeartrainError, isFolderName } from "@geartrain/spec"

/**
 * Checks the label of a place, and brings it into the one form that it is kept in (NFC), so that what looks the same is the same.
 *
 * @throws {GeartrainError} NAME_UNFIT
 * @example
 *   checkLabel("sub-01") // => "sub-01"
 *   checkLabel("Zu\u0308rich") // => "Zürich"
 */
export function checkLabel(text: string): string {
  const label = checkText(text, "label")
  if (label.includes("/") || label === "." || label === "..") throw unfit(text, "label", "it would be a path")
  if (RESERVED.has(label)) throw unfit(text, "label", "the word has another meaning in paths")
  if ([...label].length > MOST_LABEL_CHARACTERS)
    throw unfit(text, "label", `it has more than ${MOST_LABEL_CHARACTERS} characters`)
  return label
}

const MOST_LABEL_CHARACTERS = 256

/** Words that stand between labels. */
const RESERVED: ReadonlySet<string> = new Set(["analyses", "files"])

/**
 * Checks the name of a file: one step of a path, of at most 255 bytes.
 *
 * @throws {GeartrainError} NAME_UNFIT
 */
export function checkFileName(text: string): string {
  const name = checkText(text, "name")
  if (!isFolderName(name)) throw unfit(text, "name", "it is no name of a file, or has more than 255 bytes")
  return name
}

/**
 * Checks the id of a group: 2 to 32 lower-case letters, digits, and `.`, `@`, `_` or `-` between them.
 *
 * @throws {GeartrainError} NAME_UNFIT
 */
export function checkGroupId(text: string): string {
  if (/^[0-9a-z][0-9a-z.@_-]{0,30}[0-9a-z]$/.test(text)) return text
  throw unfit(text, "id of a group", "it has to be 2 to 32 of 0-9 a-z . @ _ -, with a letter or digit at both ends")
}

/**
 * Checks a tag.
 *
 * @throws {GeartrainError} NAME_UNFIT
 */
export function checkTag(text: string): string {
  const tag = checkText(text, "tag")
  if ([...tag].length > MOST_TAG_CHARACTERS)
    throw unfit(text, "tag", `it has more than ${MOST_TAG_CHARACTERS} characters`)
  return tag
}

const MOST_TAG_CHARACTERS = 128

function checkText(text: string, what: string): string {
  if (!text.isWellFormed()) throw unfit(text, what, "it is no text in Unicode")
  const normal = text.normalize("NFC")
  if (normal.trim() === "") throw unfit(text, what, "it is empty")
  if (normal.trim() !== normal) throw unfit(text, what, "it begins or ends with a blank")
  if (TREACHEROUS.test(normal)) throw unfit(text, what, "it has characters that cannot be seen")
  return normal
}

/** Controls, ends of lines, what turns the direction of text, and what belongs to no character. */
const TREACHEROUS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u

function unfit(text: string, what: string, because: string): GeartrainError {
  const shown = JSON.stringify(text.slice(0, 80).toWellFormed())
  return new GeartrainError("NAME_UNFIT", `Cannot take ${shown} as ${what}: ${because}`, {
    hint: "Write a short name in plain letters",
  })
}
