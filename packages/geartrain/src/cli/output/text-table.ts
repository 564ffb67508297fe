export interface Column {
  readonly title: string
  readonly align?: "left" | "right"
}

/**
 * Lays rows out in columns as wide as their widest cell, two spaces apart, no space at the end of a line.
 *
 * @param rows  Cells in the order of the columns. They may hold colours; control characters are the caller's to escape.
 * @example
 *   textTable([{ title: "NAME" }, { title: "SIZE", align: "right" }], [["a", "1 B"]]) // => ["NAME  SIZE", "a      1 B"]
 */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map((column) => column.title)
  const all = titles.some((title) => title !== "") ? [titles, ...rows] : rows
  const widths = columns.map((_, index) => all.reduce((most, row) => Math.max(most, textWidth(row[index] ?? "")), 0))
  return all.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? "", widths[index] ?? 0, column.align ?? "left"))
      .join("  ")
      .trimEnd(),
  )
}

/**
 * Columns that a text takes on a terminal: colours take none, and letters of East Asia, like emoji, two.
 *
 * @example
 *   textWidth("\u001b[31mred\u001b[39m") // => 3
 *   textWidth("脳") // => 2
 */
export function textWidth(text: string): number {
  const plain = text.includes("\u001b") ? text.replaceAll(COLOR, "") : text
  if (SINGLE.test(plain)) return plain.length
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(plain)) width += isWide(segment) ? 2 : 1
  return width
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLOR = /\u001b\[[0-9;]*m/g
const SINGLE = /^[\u0020-\u02ff]*$/

/** Within a function, since these classes take half a millisecond to be made, and few texts ask. */
function isWide(segment: string): boolean {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u.test(segment)
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - textWidth(text)))
  return align === "right" ? space + text : text + space
}

/**
 * Breaks text into lines at spaces.
 *
 * @returns at least one line; a word that is longer than a line is not broken.
 * @example
 *   wrapText("one two three", 8) // => ["one two", "three"]
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`
      if (line !== "" && textWidth(longer) > width) {
        lines.push(line)
        line = word
      } else line = longer
    }
    lines.push(line)
  }
  return lines
}
