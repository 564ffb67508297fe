import type { JsonDocument } from "../json/json-document.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { Mend } from "../manifest/manifest-fault.ts"
import type { TextEdit } from "../text/text-edit.ts"

/** Where a change is to be made. */
interface MendPlace {
  readonly text: string
  readonly path: JsonPath
  /** Absent where the text could not be read whole: then only changes of the text itself can be made. */
  readonly document?: JsonDocument
}

/** Turns a change of a manifest into one of its text, which leaves everything else as its author wrote it. */
export function mendToEdit(mend: Mend, { text, path, document }: MendPlace): TextEdit | undefined {
  if (mend.kind === "edit") return mend.edit
  const value = document?.spanOf(path)
  const key = document?.spanOfKey(path)
  if (mend.kind === "replace") return value === undefined ? undefined : { ...value, text: JSON.stringify(mend.value) }
  if (key === undefined || value === undefined) return undefined
  if (mend.kind === "rename") return { ...key, text: JSON.stringify(mend.to) }
  return removal(text, key.start, value.end)
}

/** The member goes with the comma after it, or with the one before it where it is the last. */
function removal(text: string, start: number, end: number): TextEdit {
  const after = /\s*,\s*/y
  after.lastIndex = end
  const comma = after.exec(text)
  if (comma !== null) return { start, end: end + comma[0].length, text: "" }
  let before = start
  while (before > 0 && /\s/.test(text.charAt(before - 1))) before--
  return text.charAt(before - 1) === "," ? { start: before - 1, end, text: "" } : { start, end, text: "" }
}
