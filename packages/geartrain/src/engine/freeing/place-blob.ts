import { type Digest, GeartrainError } from "@geartrain/spec"
import { existsSync } from "../../system/files.ts"
import { writeByDraft } from "../../system/linux/drafts.ts"
import type { Stores } from "../engine-ports.ts"

export interface BlobPlace {
  readonly path: string
  /** Over what is there. */
  readonly force: boolean
  readonly executable: boolean
}

/**
 * Writes stored bytes to a file of the user's, whole or not at all, and durably. They are checked on the way.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS when something is there already, unless `force`; BLOB_NOT_FOUND; BLOB_DIGEST_MISMATCH when the stored
 *   bytes are damaged.
 */
export async function placeBlob(digest: Digest, stores: Pick<Stores, "blobs">, place: BlobPlace): Promise<void> {
  refuseOccupied(place)
  await writeByDraft(place.path, async (file) => {
    for await (const piece of stores.blobs.get(digest)) await file.writeFile(piece)
    if (place.executable) await file.chmod(0o755)
  })
}

/** @throws {GeartrainError} OUTPUT_EXISTS */
export function refuseOccupied({ path, force }: Pick<BlobPlace, "path" | "force">): void {
  if (force || !existsSync(path)) return
  throw new GeartrainError("OUTPUT_EXISTS", `Cannot restore "${path}": it exists`, {
    details: { path },
    hint: "Name another place with -o PATH, or write over it with --force",
  })
}
