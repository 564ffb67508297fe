import type { JsonObject } from "@geartrain/spec"
import { FILE_MEMBERS, METADATA_MEMBERS, type MetadataLevel } from "@geartrain/spec/archive"

/** What a gear may say of a file. Repeated updates add up: `info` and `classification` member by member, `tags` one by one. */
export interface FileMetadata {
  readonly type?: string
  readonly mimetype?: string
  readonly modality?: string
  /** Key to values, such as `{ Measurement: ["T1"] }`. */
  readonly classification?: Readonly<Record<string, readonly string[]>>
  readonly tags?: readonly string[]
  readonly info?: JsonObject
  readonly zip_member_count?: number
}

/** What a gear may say of a container. Which members there are depends on the level: `CONTAINER_FIELDS`. */
export interface ContainerMetadata {
  readonly label?: string
  readonly info?: JsonObject
  readonly tags?: readonly string[]
  readonly [field: string]: unknown
}

/** The members of a file that a gear may write. */
export const FILE_FIELDS: readonly string[] = Object.keys(FILE_MEMBERS)

/** A container that a gear may say something of: its destination, or one above it. */
export type ContainerLevel = MetadataLevel

/** The members of each container that a gear may write. */
export const CONTAINER_FIELDS: Readonly<Record<ContainerLevel, readonly string[]>> = {
  project: Object.keys(METADATA_MEMBERS.project),
  subject: Object.keys(METADATA_MEMBERS.subject),
  session: [...Object.keys(METADATA_MEMBERS.session), "subject"],
  acquisition: Object.keys(METADATA_MEMBERS.acquisition),
  analysis: Object.keys(METADATA_MEMBERS.analysis),
}

export function isContainerLevel(level: string): level is ContainerLevel {
  return Object.hasOwn(CONTAINER_FIELDS, level)
}
