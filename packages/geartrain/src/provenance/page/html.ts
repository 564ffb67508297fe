/** Text that is HTML already: nothing in it is escaped again. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Html | readonly Html[]

/**
 * Writes HTML. Everything that is put in is escaped, but for what was written by this function itself.
 *
 * @example
 *   html`<b>${"<script>"}</b>`.text // => "<b>&lt;script&gt;</b>"
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    strings.map((string, index) => (index === 0 ? string : textOf(parts[index - 1] as Part) + string)).join(""),
  )
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === "object") return part.map(({ text }) => text).join("")
  return escapeHtml(String(part))
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/** Marks that turn the direction of writing make one name look like another, and controls are nothing to print: both are shown by their number. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string)
    .replaceAll(HIDDEN, (character) => {
      if (character === "\n" || character === "\t") return character
      return `\\u{${(character.codePointAt(0) as number).toString(16)}}`
    })
}

/**
 * The path of a member as a link from the page beside it.
 *
 * @example
 *   linkTo("jobs/1/outputs/a b%.txt") // => "./jobs/1/outputs/a%20b%25.txt"
 */
export function linkTo(path: string): string {
  return `./${path.split("/").map(encodeURIComponent).join("/")}`
}
