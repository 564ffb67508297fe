/** Where a metadata value stands: a place or the file, and the members on the way to it. */
export interface MetadataPath {
  readonly of: MetadataOwner
  readonly members: readonly string[]
}

/** What metadata can be of. */
export const METADATA_OWNERS = ["file", "acquisition", "session", "subject", "project", "analysis"] as const

export type MetadataOwner = (typeof METADATA_OWNERS)[number]

/**
 * Reads a path such as `session.info.scanner.model`.
 *
 * @returns What is wrong with it, for what is none.
 * @example
 *   readMetadataPath("file.info.echo") // => { of: "file", members: ["info", "echo"] }
 *   readMetadataPath("scan.age") // => 'it begins with "scan", and not with one of file, acquisition, session, subject, project, analysis'
 */
export function readMetadataPath(path: string): MetadataPath | string {
  const [of = "", ...members] = path.split(".")
  if (!(METADATA_OWNERS as readonly string[]).includes(of)) {
    return `it begins with "${of}", and not with one of ${METADATA_OWNERS.join(", ")}`
  }
  if (members.length === 0) return `it names nothing of the ${of}`
  if (members.length > MOST_MEMBERS || members.includes("")) return "it has an empty name in it, or more than 20"
  return { of: of as MetadataOwner, members }
}

const MOST_MEMBERS = 20
