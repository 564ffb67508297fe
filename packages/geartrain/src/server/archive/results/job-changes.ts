import type { JsonObject } from "@geartrain/spec"
import type { ArchiveFile, Hierarchy, MetadataChange, Place } from "@geartrain/spec/archive"
import type { Queries } from "../../database/database.ts"
import { describedFile } from "../files/change-file.ts"
import { leafSet } from "../metadata/leaves.ts"
import type { MetadataPatch } from "../metadata/patch-metadata.ts"
import { describedPlace } from "../places/change-place.ts"
import type { StoredPlace } from "../places/place.ts"

/**
 * A place and those above it in the words of the specification, with those of its files that are spoken of.
 *
 * @param line  The place first, its project last.
 */
export async function describeHierarchy(
  queries: Queries,
  line: readonly StoredPlace[],
  names: readonly string[],
): Promise<Hierarchy> {
  const [place] = line
  if (place === undefined) return { places: [] }
  const files = await filesByName(queries, place.id, names)
  let path = place.group_id
  const places = line.toReversed().map((row): Place => {
    path = `${path}/${row.type === "analysis" ? "analyses/" : ""}${row.label}`
    const { fields, tags } = describedPlace(row)
    return {
      level: row.type,
      id: row.id,
      label: row.label,
      path,
      ...(row.type === "project" ? {} : { parent: row.parent }),
      fields: { ...fields, tags },
      files: row.id === place.id ? files : [],
    }
  })
  return { places }
}

async function filesByName(queries: Queries, place: string, names: readonly string[]): Promise<readonly ArchiveFile[]> {
  const wanted = [...new Set(names.map((name) => name.normalize("NFC")))].filter((name) => !name.includes("\0"))
  const files: ArchiveFile[] = []
  // Lists of this length fit into a statement on every database.
  for (let start = 0; start < wanted.length; start += 500) {
    const rows = await queries
      .selectFrom("files")
      .selectAll()
      .where("place", "=", place)
      .where("name", "in", wanted.slice(start, start + 500))
      .where("deleted_ms", "is", null)
      .execute()
    for (const row of rows) {
      const { fields, tags } = describedFile(row)
      files.push({ name: row.name, path: row.id, fields: { ...fields, tags }, at: [], isBare: false })
    }
  }
  return files
}

/** All that changes in one place, or in one file of it. */
export interface Change {
  readonly place: string
  readonly file?: string
  readonly patch: MetadataPatch
}

/** Puts together what is to be written at one place. What stays as it is makes no change. */
export function groupChanges(changes: readonly MetadataChange[]): readonly Change[] {
  const groups = new Map<string, { place: string; file?: string; set: JsonObject; addTags: string[] }>()
  for (const { kind, place, file, field, after } of changes) {
    if (after === undefined || kind === "kept" || kind === "dropped" || kind === "file") continue
    const key = `${place.id}/${file ?? ""}`
    const group = groups.get(key) ?? {
      place: place.id,
      ...(file === undefined ? {} : { file }),
      set: {},
      addTags: [],
    }
    groups.set(key, group)
    if (kind === "tag") group.addTags.push(String(after))
    else group.set = leafSet(group.set, field, after)
  }
  return [...groups.values()].map(({ set, addTags, ...where }) => ({ ...where, patch: { set, addTags } }))
}
