import type { Gear, GearManifest, JsonObject } from "@geartrain/spec"

/** What a slim gear is called. */
export interface SlimName {
  readonly name: string
  readonly version: string
}

/**
 * What a slim gear is called where nobody says otherwise. Another name, so that the name alone goes on meaning the full gear.
 *
 * @example
 *   slimName({ name: "bet", version: "1.2.0" }) // => { name: "bet-slim", version: "1.2.0" }
 */
export function slimName({ name, version }: SlimName): SlimName {
  return { name: `${name}-slim`, version }
}

/** The manifest of a slim gear: that of the full one, under another name, with the id of the full one among its additions. */
export function slimManifest(full: Pick<Gear, "id" | "manifest">, { name, version }: SlimName): GearManifest {
  const { manifest } = full
  const custom = (manifest.custom ?? {}) as JsonObject
  const additions = (custom["geartrain"] ?? {}) as JsonObject
  return { ...manifest, name, version, custom: { ...custom, geartrain: { ...additions, slimOf: full.id } } }
}
