import type { JsonValue } from "@geartrain/spec"

/** One thing that a crate describes, as flat JSON-LD: its identifier, its types, and what is said of it. */
export interface CrateEntity {
  readonly "@id": string
  readonly "@type": string | readonly string[]
  readonly [property: string]: JsonValue
}

/** What `ro-crate-metadata.json` holds. */
export interface Crate {
  readonly "@context": readonly string[]
  readonly "@graph": readonly CrateEntity[]
}

/** The name that the metadata file of every crate has. */
export const CRATE_FILE = "ro-crate-metadata.json"

export interface Reference {
  readonly [key: string]: string
  readonly "@id": string
}

/**
 * How one entity names another.
 *
 * @example
 *   reference("#run") // => { "@id": "#run" }
 */
export function reference(entity: string | CrateEntity): Reference {
  return { "@id": typeof entity === "string" ? entity : entity["@id"] }
}

/**
 * The identifier of a file in a crate: its path as a relative URI. Letters of any language stay as they are.
 *
 * @param path  Relative to the crate's folder, with `/` between names.
 * @example
 *   fileId("a b/50%.txt") // => "a%20b/50%25.txt"
 * @see RO-Crate 1.1, "Encoding file paths"
 */
export function fileId(path: string): string {
  const escaped = path.replaceAll(ESCAPED, (character) => encodeURIComponent(character))
  // A colon in the first name would be read as the end of a scheme.
  return /^[^/]*:/.test(escaped) ? `./${escaped}` : escaped
}

/** What may not stand in the path of an IRI as it is: control characters, space, and the delimiters of RFC 3987. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names of files may have them, and they have to be escaped.
const ESCAPED = /[\u0000-\u0020\u007f"#%<>?[\\\]^`{|}]/g
