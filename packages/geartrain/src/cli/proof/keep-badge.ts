import { type DeterminismBadge, type Gear, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { OpenedCatalogue } from "../../compose/catalogue/open-catalogue.ts"
import type { SigningKey } from "../../publishing/signing/key-pair.ts"
import type { Context, Given } from "../command.ts"
import { catalogueOf } from "../commands/catalogue/catalogue-flag.ts"
import { escapeText } from "../output/escape-text.ts"

/** Where a gear lies in a catalogue, so that a badge can be put beside it. */
export interface BadgePlace extends OpenedCatalogue {
  readonly published: Awaited<ReturnType<typeof import("../../publishing/catalogue/find-version.ts").findVersion>>
  /** The user named it on the command line: it is no more than a wish of the settings otherwise. */
  readonly isNamed: boolean
}

/**
 * Looks a gear up before it is run for hours. A catalogue that only the settings name need not have it.
 *
 * @returns undefined where no catalogue is named, or the gear is not in that of the settings, which is told.
 * @throws {GeartrainError} VERSION_NOT_FOUND, VERSION_EXISTS, and what the catalogue throws, where the user named it.
 */
export async function findBadgePlace(context: Context, given: Given, gear: Gear): Promise<BadgePlace | undefined> {
  const isNamed = given.has("catalogue")
  if (!isNamed && context.settings().catalogue === undefined) return undefined
  const { findVersion } = await import("../../publishing/catalogue/find-version.ts")
  const { name, version } = gear.manifest
  const place = async (): Promise<BadgePlace> => {
    const catalogue = await catalogueOf(context, given)
    const published = await findVersion(catalogue.backend, { name, version })
    if (published.gear === gear.id) return { ...catalogue, published, isNamed }
    throw new GeartrainError(
      "VERSION_EXISTS",
      `Cannot put a badge beside "${name}@${version}" in the catalogue: it is another gear there`,
      {
        details: { name, version, published: published.gear, own: gear.id },
        hint: "Install the one that is there to probe it, or publish this one under another version",
      },
    )
  }
  return await place().catch(asWarning(context, isNamed))
}

/** Where a badge is. */
export interface KeptBadge {
  /** Id of the key that signed it. */
  readonly key: string
  /** The place of the catalogue. */
  readonly catalogue?: string
}

/** Signs a badge, keeps it here, and puts it beside the gear in the catalogue, if there is one. */
export async function keepBadge(
  context: Context,
  { gear, badge }: { readonly gear: Gear; readonly badge: DeterminismBadge },
  { key, place }: { readonly key: SigningKey; readonly place: BadgePlace | undefined },
): Promise<KeptBadge> {
  const [{ openBadges }, { signBadge }, { attachBadge }] = await Promise.all([
    import("../../compose/catalogue/open-badges.ts"),
    import("../../publishing/catalogue/badges/sign-badge.ts"),
    import("../../publishing/catalogue/badges/badge-notes.ts"),
  ])
  const envelope = signBadge(gear.id, badge, key)
  await openBadges(context.settings()).keep({ id: gear.id, name: gear.manifest.name }, envelope)
  const kept = { key: key.publicKey.id }
  if (place === undefined) return kept
  const attached = attachBadge(place.backend, place.published, envelope).then(() => ({
    ...kept,
    catalogue: place.place,
  }))
  return (await attached.catch(asWarning(context, place.isNamed))) ?? kept
}

/** What goes wrong with a catalogue that was not asked for by name is worth a warning. */
function asWarning({ reply }: Context, isNamed: boolean): (error: unknown) => undefined {
  return (error) => {
    if (isNamed || !isGeartrainError(error)) throw error
    reply.warn(`the badge is kept here only: ${escapeText(error.message)}`)
    return undefined
  }
}
