import type { Level } from "../hierarchy/hierarchy.ts"
import { type Members, PLACE_MEMBERS } from "../hierarchy/members.ts"

/** The parts of a job's metadata, each for a place of this level. */
export type MetadataLevel = Exclude<Level, "group">

export const METADATA_LEVELS: readonly MetadataLevel[] = ["project", "subject", "session", "acquisition", "analysis"]

/** What a job may say of a place of each level, beside its files; a session may have its subject in it. */
export const METADATA_MEMBERS: Readonly<Record<MetadataLevel, Members>> = {
  ...PLACE_MEMBERS,
  project: without(PLACE_MEMBERS.project, "description"),
  analysis: without(PLACE_MEMBERS.analysis, "description"),
}

function without(members: Members, name: string): Members {
  return Object.fromEntries(Object.entries(members).filter(([member]) => member !== name))
}
