import { type Gear, type GearManifest, gearId } from "@geartrain/spec"
import { sha256 } from "../../../src/system/hash.ts"

/** A gear whose tree is that of an image. */
export function gearOfTree(tree: Gear["tree"], manifest: GearManifest): Gear {
  return {
    id: gearId({ platform: "linux/amd64", tree, manifest }, sha256),
    platform: "linux/amd64",
    tree,
    manifest,
    origin: { kind: "tar", reference: "test" },
    entries: 1,
    sizeBytes: 1,
    imported: "2026-01-01T00:00:00.000Z",
  }
}
