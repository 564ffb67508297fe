import { canonicalJson, type JsonObject } from "@geartrain/spec"
import { sha256 } from "../../../../system/hash.ts"

/** What a gear is made of besides its manifest: by path, digests of files, or texts; and what it stands on. */
export type GearContent = Readonly<Record<string, string>>

/**
 * The version of a converted gear: made of all that the gear is, so that programs of one name, of two workflows or with two images, are two
 * versions, and the same one taken over again is the same version.
 *
 * @example
 *   contentVersion({ name: "wc" }, { run: "#!/bin/sh" }) === contentVersion({ name: "wc" }, { run: "#!/bin/bash" }) // => false
 */
export function contentVersion(manifest: JsonObject, content: GearContent): string {
  const { version: _, ...rest } = manifest
  const digest = sha256(Buffer.from(canonicalJson({ manifest: rest, content })))
  // Of digits alone, it would be a number, which must not begin with 0 in a version.
  return `0.1.0-c${digest.slice("sha256:".length, "sha256:".length + 12)}`
}
