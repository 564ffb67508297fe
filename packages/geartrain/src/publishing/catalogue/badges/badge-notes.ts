import type { CatalogueBackend } from "@geartrain/ports"
import { type NoteSubject, readNotes, writeNote } from "../artifact/note.ts"

/** How a badge lies beside the gear that it is about. */
export const BADGE_NOTE = "application/vnd.geartrain.badge.v1"

/** Puts a badge beside a published gear. The same badge again changes nothing. */
export async function attachBadge(catalogue: CatalogueBackend, gear: NoteSubject, envelope: Uint8Array): Promise<void> {
  await writeNote(catalogue, gear, {
    kind: BADGE_NOTE,
    mediaType: "application/vnd.dsse.envelope.v1+json",
    bytes: envelope,
  })
}

/** All badges that lie beside a published gear, by whomever: each has to be judged. */
export async function readBadges(catalogue: CatalogueBackend, gear: NoteSubject): Promise<readonly Uint8Array[]> {
  return (await readNotes(catalogue, gear, [BADGE_NOTE])).map(({ bytes }) => bytes)
}
