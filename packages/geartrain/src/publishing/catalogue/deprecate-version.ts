import type { CatalogueBackend } from "@geartrain/ports"
import { nowIso } from "../../system/clock.ts"
import type { PublishedGear } from "./artifact/gear-artifact.ts"
import { readNotes, writeNote } from "./artifact/note.ts"

export const DEPRECATION = "application/vnd.geartrain.deprecation.v1"

/** Why a version should not be used any more. */
export interface Deprecation {
  readonly because: string
  /** ISO 8601, UTC. */
  readonly since: string
}

interface DeprecationNote {
  readonly deprecated: boolean
  readonly because: string
  readonly at: string
}

/**
 * Says that a version should not be used any more, or takes that back. It stays where it is: records name it, and it can be installed by its name.
 * Nothing proves who says so; whoever may write to the catalogue may.
 *
 * @param because  Undefined takes it back.
 */
export async function deprecateVersion(
  catalogue: CatalogueBackend,
  published: PublishedGear,
  because: string | undefined,
): Promise<void> {
  const note: DeprecationNote = { deprecated: because !== undefined, because: because ?? "", at: nowIso() }
  const bytes = Buffer.from(JSON.stringify(note))
  await writeNote(catalogue, published, { kind: DEPRECATION, mediaType: "application/json", bytes })
}

/** What was said last. */
export async function readDeprecation(
  catalogue: CatalogueBackend,
  published: PublishedGear,
): Promise<Deprecation | undefined> {
  return deprecationIn(await readNotes(catalogue, published, [DEPRECATION]))
}

/** What was said last among notes that may be of other kinds, too. */
export function deprecationIn(notes: Awaited<ReturnType<typeof readNotes>>): Deprecation | undefined {
  const said = notes.flatMap(({ kind, bytes }) => (kind === DEPRECATION ? decode(bytes) : []))
  const last = said.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1)
  return last?.deprecated === true ? { because: last.because, since: last.at } : undefined
}

function decode(bytes: Uint8Array): readonly DeprecationNote[] {
  try {
    const { deprecated, because, at } = JSON.parse(Buffer.from(bytes).toString("utf8"))
    const isWhole = typeof deprecated === "boolean" && typeof because === "string" && typeof at === "string"
    return isWhole ? [{ deprecated, because, at }] : []
  } catch {
    // Not as we write it: it says nothing.
    return []
  }
}
