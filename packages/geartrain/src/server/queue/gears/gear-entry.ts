import type { Digest, GearId, GearManifest } from "@geartrain/spec"
import type { GearRow } from "../../database/tables/gear-tables.ts"

/** A gear that jobs can be started with. */
export interface GearEntry {
  readonly id: GearId
  readonly name: string
  readonly version: string
  readonly label: string
  readonly category: string
  readonly manifest: GearManifest
  readonly platform: string
  readonly tree: string
  readonly image: { readonly digest: Digest; readonly sizeBytes: number }
  readonly state: "enabled" | "disabled"
  readonly isNewest: boolean
  readonly revision: number
  readonly createdMs: number
  readonly createdBy: string
}

export function gearOf(row: GearRow): GearEntry {
  return {
    // All of them were checked when the row was written.
    id: row.id as GearId,
    name: row.name,
    version: row.version,
    label: row.label,
    category: row.category,
    manifest: JSON.parse(row.manifest) as GearManifest,
    platform: row.platform,
    tree: row.tree,
    image: { digest: row.image_digest as Digest, sizeBytes: row.image_bytes },
    state: row.state,
    isNewest: row.newest === 1,
    revision: row.revision,
    createdMs: row.created_ms,
    createdBy: row.created_by,
  }
}
