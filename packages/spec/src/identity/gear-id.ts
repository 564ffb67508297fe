import { canonicalJson } from "../json/canonical-json.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { GearId, Sha256, TreeDigest } from "./digest.ts"

export const GEAR_FORMAT = "geartrain-gear/1"

/** `os/architecture` in the words of the OCI image specification, such as `linux/amd64`. */
export type Platform = `${string}/${string}`

/**
 * Names a gear by its content: whatever it was packed in, the same filesystem with the same manifest for the same platform has the same id.
 *
 * @param manifest  The gear manifest as it was parsed, with every member that it has.
 * @see docs/spec/identity.md
 */
export function gearId(
  gear: { readonly platform: Platform; readonly tree: TreeDigest; readonly manifest: JsonObject },
  sha256: Sha256,
): GearId {
  const { platform, tree, manifest } = gear
  return sha256(new TextEncoder().encode(canonicalJson({ format: GEAR_FORMAT, platform, tree, manifest })))
}
