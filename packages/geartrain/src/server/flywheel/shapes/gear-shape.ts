import type { GearManifest } from "@geartrain/spec"
import type { GearEntry } from "../../queue/gears/gear-entry.ts"
import { timeOf } from "./words.ts"

export interface GearShape {
  /** Ours: `sha256:` and 64 digits. */
  readonly _id: string
  readonly category: string
  readonly gear: GearManifest
  readonly exchange: { readonly "rootfs-hash": string }
  readonly disabled: boolean
  readonly created: string
  readonly modified: string
  readonly [member: string]: unknown
}

export function gearShape(entry: GearEntry): GearShape {
  const created = timeOf(entry.createdMs)
  return {
    _id: entry.id,
    category: entry.category,
    gear: entry.manifest,
    exchange: { "rootfs-hash": entry.tree },
    disabled: entry.state === "disabled",
    created,
    // What a gear is never changes.
    modified: created,
  }
}
