import { openBadgeFolder } from "../../publishing/catalogue/badges/badge-folder.ts"
import { type JudgedBadge, judgeBadge, type NamedKey } from "../../publishing/catalogue/badges/sign-badge.ts"
import { speaksFor } from "../../publishing/signing/key-folder.ts"
import type { Settings } from "../../settings/settings.ts"
import { openKeys } from "./open-catalogue.ts"

/** A gear, as much of it as badges have to do with. */
export interface BadgedGear {
  readonly id: `sha256:${string}`
  readonly name: string
}

/** The badges that are kept here, and what they and others are worth to the user. */
export interface OpenedBadges {
  keep(gear: BadgedGear, envelope: Uint8Array): Promise<void>
  /** As they are kept. */
  kept(gear: BadgedGear): Promise<readonly Uint8Array[]>
  /** Those of them that the user's own keys have signed. */
  own(gear: BadgedGear): Promise<readonly Uint8Array[]>
  judge(gear: BadgedGear, envelopes: readonly Uint8Array[]): Promise<readonly JudgedBadge[]>
}

export function openBadges(settings: Pick<Settings, "home" | "config">): OpenedBadges {
  const folder = openBadgeFolder(`${settings.home}/badges`)
  return {
    keep: ({ id }, envelope) => folder.keep(id, envelope),
    kept: ({ id }) => folder.read(id),
    own: async ({ id }) => {
      const own = await openKeys(settings).own()
      return (await folder.read(id)).filter((envelope) => judgeBadge(envelope, id, own).standing === "good")
    },
    judge: async (gear, envelopes) => {
      if (envelopes.length === 0) return []
      const keys = await keysFor(gear, settings)
      return envelopes.map((envelope) => judgeBadge(envelope, gear.id, keys))
    },
  }
}

/** Whose word counts for a gear: the user's own, and that of keys that are trusted for its name. */
async function keysFor({ name }: BadgedGear, settings: Pick<Settings, "config">): Promise<readonly NamedKey[]> {
  const folder = openKeys(settings)
  const own = (await folder.own()).map((key) => ({ ...key, name: `${key.name} (your own)` }))
  return [...own, ...(await folder.trusted()).filter((key) => speaksFor(key, name))]
}
