/** A change of a text: what stands from `start` up to and without `end`, in UTF-16 code units, becomes `text`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Makes changes of a text, all at once. Of changes that touch each other only the first is made: the others may not be right any more.
 *
 * @returns the new text, and how many changes were made.
 * @example
 *   applyEdits("abc", [{ start: 2, end: 3, text: "" }, { start: 0, end: 1, text: "x" }]) // => { text: "xb", made: 2 }
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): { readonly text: string; readonly made: number } {
  let result = ""
  let from = 0
  let made = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < from || (made > 0 && edit.start === from)) continue
    result += text.slice(from, edit.start) + edit.text
    from = edit.end
    made++
  }
  return { text: result + text.slice(from), made }
}
