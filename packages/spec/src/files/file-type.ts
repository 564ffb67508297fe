import { FILE_TYPES, MIMETYPES } from "./file-type-table.ts"

/**
 * Tells the type of a file by its name: the type whose suffix is the longest of those that the name ends with, in any case of letters.
 *
 * @param name  File name without folders.
 * @returns A word of Flywheel's, such as `nifti`, `tabular data` or `source code`; undefined where no suffix is known.
 * @example
 *   fileType("T1.NII.gz") // => "nifti"
 *   fileType("table.csv") // => "tabular data"
 *   fileType("README") // => undefined
 */
export function fileType(name: string): string | undefined {
  return longestSuffix(name, TYPE_BY_SUFFIX)
}

/**
 * Tells the media type of a file by its name, as the `mimetype` of a file description has it.
 *
 * @returns `application/octet-stream` where no suffix is known.
 * @example
 *   mimeType("report.html") // => "text/html"
 *   mimeType("scan.dcm.zip") // => "application/zip"
 */
export function mimeType(name: string): string {
  return longestSuffix(name, MIMETYPE_BY_SUFFIX) ?? "application/octet-stream"
}

/** The suffixes that make a file of this type, such as `[".nii", ".nii.gz"]`; none for a type that is not known by name. */
export function suffixesOf(type: string): readonly string[] {
  return Object.hasOwn(FILE_TYPES, type) ? (FILE_TYPES[type] ?? []) : []
}

/** All types that files can have by their names. */
export function fileTypeNames(): readonly string[] {
  return Object.keys(FILE_TYPES)
}

const TYPE_BY_SUFFIX = bySuffix(FILE_TYPES)
const MIMETYPE_BY_SUFFIX = bySuffix(MIMETYPES)

function bySuffix(table: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([type, suffixes]) => suffixes.map((suffix) => [suffix, type] as const)))
}

function longestSuffix(name: string, types: ReadonlyMap<string, string>): string | undefined {
  const lower = name.toLowerCase()
  for (let dot = lower.indexOf("."); dot !== -1; dot = lower.indexOf(".", dot + 1)) {
    const type = types.get(lower.slice(dot))
    if (type !== undefined) return type
  }
  return undefined
}
