import type { JsonObject } from "@geartrain/spec"

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

/** @see Flywheel core v10, the schema of `.metadata.json` */
export const FILE_FIELDS: readonly string[] = [
  "classification",
  "info",
  "mimetype",
  "modality",
  "tags",
  "type",
  "zip_member_count",
]

/**
 * The members of each container that a gear may write.
 *
 * @see Flywheel core v10, the schema of `.metadata.json`
 */
export const CONTAINER_FIELDS: Readonly<Record<ContainerLevel, readonly string[]>> = {
  project: ["info", "label", "public", "tags"],
  subject: ["code", "info", "label", "master_code", "tags"],
  session: ["age", "info", "label", "operator", "public", "subject", "tags", "timestamp", "timezone", "uid", "weight"],
  acquisition: [
    "info",
    "instrument",
    "label",
    "measurement",
    "metadata",
    "public",
    "tags",
    "timestamp",
    "timezone",
    "uid",
  ],
  analysis: ["info", "label", "tags"],
}

export type ContainerLevel = "project" | "subject" | "session" | "acquisition" | "analysis"

export function isContainerLevel(level: string): level is ContainerLevel {
  return Object.hasOwn(CONTAINER_FIELDS, level)
}
