import { type Gear, GeartrainError, shortDigest } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"

/**
 * Finds the gear that a reference means: `name@version`, a name (its newest import), or the first digits of an id.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND with the nearest names; GEAR_AMBIGUOUS with the candidates.
 */
export async function resolveGear(reference: string, stores: Pick<Stores, "gears">): Promise<Gear> {
  const found = await stores.gears.findGears(reference)
  if (found.length === 1) return found[0] as Gear
  if (found.length > 1) throw ambiguous(reference, found)
  const newest = await stores.gears.newestGear(reference)
  if (newest !== undefined) return newest
  throw notFound(reference, await stores.gears.listGears())
}

/** How people write a gear: its name and version. */
export function gearReference(gear: Pick<Gear, "manifest">): string {
  return `${gear.manifest.name}@${gear.manifest.version}`
}

function ambiguous(reference: string, found: readonly Gear[]): GeartrainError {
  const candidates = found.map((gear) => `${gearReference(gear)} (${shortDigest(gear.id)})`)
  return new GeartrainError(
    "GEAR_AMBIGUOUS",
    `Cannot find gear "${reference}": it could be ${candidates.join(" or ")}`,
    {
      details: { reference, candidates },
      hint: "Write more digits of the id, or name@version",
    },
  )
}

function notFound(reference: string, gears: readonly Gear[]): GeartrainError {
  const known = [...new Set(gears.map(gearReference))].toSorted()
  const near = known.filter((name) => name.startsWith(reference.slice(0, 3)) || name.includes(reference)).slice(0, 5)
  const have = near.length > 0 ? near : known.slice(0, 5)
  const stored = have.length === 0 ? "no gear is stored" : `stored are ${have.join(", ")}`
  return new GeartrainError("GEAR_NOT_FOUND", `Cannot find gear "${reference}": ${stored}`, {
    details: { reference, near: have },
    hint: have.length === 0 ? "Import one first: gear import FILE" : "List all gears: gear ls",
  })
}
