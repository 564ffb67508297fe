import { pegasusFault } from "../pegasus-fault.ts"

/** What a file of Java properties says, by key. */
export type Properties = ReadonlyMap<string, string>

const MOST_CHARACTERS = 1024 * 1024

/**
 * Reads Java's properties: `key = value`, `key: value` or `key value`, `#` and `!` for comments, a backslash at the end of a line to go on.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line.
 * @see java.util.Properties, "load"
 * @example
 *   readProperties("a.b = c\\\n  d\n# no\ne f", "x").get("a.b") // => "cd"
 *   readProperties("e f", "x").get("e") // => "f"
 */
export function readProperties(text: string, file: string): Properties {
  if (text.length > MOST_CHARACTERS) throw pegasusFault({ file }, `it has more than ${MOST_CHARACTERS} characters`)
  const properties = new Map<string, string>()
  const lines = text.split(/\r\n|\r|\n/)
  for (let index = 0; index < lines.length; index++) {
    let line = (lines[index] ?? "").trimStart()
    if (line === "" || line.startsWith("#") || line.startsWith("!")) continue
    while (/(^|[^\\])(\\\\)*\\$/.test(line)) line = line.slice(0, -1) + (lines[++index] ?? "").trimStart()
    const match = /^((?:\\.|[^\\\s:=])*)[ \t\f]*[:=]?[ \t\f]*(.*)$/s.exec(line)
    const at = { file, line: index + 1 }
    if (match !== null) properties.set(unescapeText(match[1] ?? "", at), unescapeText(match[2] ?? "", at).trimEnd())
  }
  return properties
}

const LETTERS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" }

function unescapeText(text: string, at: { readonly file: string; readonly line: number }): string {
  return text.replace(/\\(u([0-9a-fA-F]{0,4})|.)/gs, (_, letter: string, hex: string | undefined) => {
    if (hex === undefined) return LETTERS[letter] ?? letter
    if (hex.length !== 4) throw pegasusFault(at, "\\u is followed by four digits of hexadecimal")
    return String.fromCharCode(Number.parseInt(hex, 16))
  })
}
