import { isPlaceId } from "@geartrain/spec/archive"
import type { Queries } from "../../database/database.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import { findFile } from "../files/find-file.ts"
import type { StoredFile } from "../files/server-file.ts"
import { findPlace } from "./find-place.ts"
import type { StoredPlace } from "./place.ts"

/** What a path leads to. */
export type Resolved =
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "place"; readonly place: StoredPlace }
  | { readonly kind: "file"; readonly place: StoredPlace; readonly file: StoredFile }

/**
 * Follows a path from the group on: `lab/Memory/sub-01/ses-01/T1w/files/t1.nii.gz`. Each step is a label, or an id of 24 digits; the word
 * `analyses` stands before the label of an analysis, and `files` before the name of a file. An id alone is a path, too.
 *
 * Asks nobody whether the caller may see it.
 *
 * @returns undefined where the path leads to nothing.
 */
export async function resolvePath(queries: Queries, path: string): Promise<Resolved | undefined> {
  const steps = stepsOf(path)
  const [first, ...rest] = steps
  // PostgreSQL has no text with a zero in it, and so no label.
  if (first === undefined || steps.length > MOST_STEPS || path.includes("\0")) return undefined
  const byId = isPlaceId(first) ? await findPlace(queries, first) : undefined
  if (byId !== undefined) return follow(queries, byId, rest)
  const group = await queries.selectFrom("groups").select("id").where("id", "=", first).executeTakeFirst()
  if (group === undefined) return undefined
  const [label, ...below] = rest
  if (label === undefined) return { kind: "group", group: group.id }
  const project = await child(queries, { parent: group.id, type: "project", label })
  return project === undefined ? undefined : follow(queries, project, below)
}

/**
 * Takes apart the path of a file, so that many of one place can be looked for together.
 *
 * @returns the path of the place, and the name in NFC; undefined for the path of anything else.
 * @example
 *   splitFilePath("lab/Memory/files/t1.nii") // => { place: "lab/Memory", name: "t1.nii" }
 *   splitFilePath("lab/Memory") // => undefined
 */
export function splitFilePath(path: string): { readonly place: string; readonly name: string } | undefined {
  const steps = stepsOf(path)
  const [word, name] = steps.slice(-2)
  if (word !== "files" || name === undefined || steps.length > MOST_STEPS || path.includes("\0")) return undefined
  return { place: steps.slice(0, -2).join("/"), name }
}

function stepsOf(path: string): readonly string[] {
  return path
    .normalize("NFC")
    .split("/")
    .filter((step) => step !== "")
}

/** Group, project, subject, session, acquisition, the word and an analysis, the word and a file: no path has more. */
const MOST_STEPS = 9

const BELOW: Readonly<Partial<Record<PlaceType, PlaceType>>> = {
  project: "subject",
  subject: "session",
  session: "acquisition",
}

async function follow(queries: Queries, place: StoredPlace, steps: readonly string[]): Promise<Resolved | undefined> {
  const [step, ...rest] = steps
  if (step === undefined) return { kind: "place", place }
  const [name, ...after] = rest
  if (step === "files") {
    const file = name === undefined || after.length > 0 ? undefined : await findFile(queries, { place: place.id, name })
    return file === undefined ? undefined : { kind: "file", place, file }
  }
  const isAnalysis = step === "analyses"
  const type = isAnalysis ? ("analysis" as const) : BELOW[place.type]
  const label = isAnalysis ? name : step
  if (label === undefined || type === undefined || place.type === "analysis") return undefined
  const next = await child(queries, { parent: place.id, type, label })
  return next === undefined ? undefined : follow(queries, next, isAnalysis ? after : rest)
}

async function child(
  queries: Queries,
  { parent, type, label }: { readonly parent: string; readonly type: PlaceType; readonly label: string },
): Promise<StoredPlace | undefined> {
  const byLabel = await queries
    .selectFrom("places")
    .selectAll()
    .where("parent", "=", parent)
    .where("type", "=", type)
    .where("label", "=", label)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  if (byLabel !== undefined || !isPlaceId(label)) return byLabel
  const byId = await findPlace(queries, label)
  return byId?.parent === parent && byId.type === type ? byId : undefined
}
