/** A descriptor, and what it leads to as its process sees it; no path for one that is closed, or of no file. */
export interface Descriptor {
  readonly path?: string
}

/**
 * Splits the arguments of a call at the commas between them, not at those within structures.
 *
 * @example
 *   splitWords('AT_FDCWD<\\x2f>, "\\x61", {a=1, b=2}') // => ["AT_FDCWD<\\x2f>", '"\\x61"', "{a=1, b=2}"]
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ""
    if ("{[(".includes(character)) depth += 1
    else if ("}])".includes(character)) depth -= 1
    else if (character === "," && depth === 0) {
      words.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  const last = text.slice(start).trim()
  return last === "" && words.length === 0 ? [] : [...words, last]
}

/**
 * The text of a word in quotes; undefined for one that is none, such as the address of memory that is not the process's.
 *
 * @example
 *   textOf('"\\x2f\\xc3\\xa9"') // => "/é"
 */
export function textOf(word: string | undefined): string | undefined {
  const match = /^"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?$/.exec(word ?? "")
  return match === null ? undefined : decodeHex(match[1] ?? "")
}

/**
 * What a descriptor leads to.
 *
 * @example
 *   descriptorOf("3<\\x2f\\x61>") // => { path: "/a" }
 *   descriptorOf("AT_FDCWD<\\x2f\\x74>") // => { path: "/t" }
 *   descriptorOf("-1") // => {}
 */
export function descriptorOf(word: string | undefined): Descriptor {
  const match = /^(?:AT_FDCWD|-?\d+)<((?:\\x[0-9a-f]{2})*)>/.exec(word ?? "")
  const path = match === null ? "" : decodeHex(match[1] ?? "")
  return path.startsWith("/") ? { path } : {}
}

/** Addresses in a structure: `127.0.0.1:9`, `[::1]:53`. */
export function addressesOf(word: string | undefined): readonly string[] {
  return [...(word ?? "").matchAll(ADDRESS)].map(([, port4, host4, port6, host6]) =>
    port4 === undefined ? `[${decodeHex(host6 ?? "")}]:${port6}` : `${decodeHex(host4 ?? "")}:${port4}`,
  )
}

const HEX = '"((?:\\\\x[0-9a-f]{2})*)"'
const ADDRESS = new RegExp(
  `sin_port=htons\\((\\d+)\\), sin_addr=inet_addr\\(${HEX}\\)|` +
    `sin6_port=htons\\((\\d+)\\), (?:sin6_flowinfo=\\w+\\(\\w+\\), )?inet_pton\\(AF_INET6, ${HEX}`,
  "g",
)

/** The path of a Unix socket, where an address is one. */
export function socketPathOf(word: string | undefined): string | undefined {
  const match = /sa_family=AF_UNIX, sun_path=("(?:\\x[0-9a-f]{2})*")/.exec(word ?? "")
  return match === null ? undefined : textOf(match[1])
}

/** Names that are no UTF-8 are told with the mark for that, and so as no name that any file of a gear can have. */
function decodeHex(digits: string): string {
  return Buffer.from(digits.replaceAll("\\x", ""), "hex").toString("utf8")
}
