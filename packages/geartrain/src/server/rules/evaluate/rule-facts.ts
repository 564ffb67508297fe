import type { JsonObject } from "@geartrain/spec"
import type { MetadataOwner } from "@geartrain/spec/rules"

/** A file, as rules see it. */
export interface FileFacts {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly digest: string
  readonly sizeBytes: number
  /** Id of its place. */
  readonly place: string
  readonly type?: string
  readonly modality?: string
  /** Values by key. */
  readonly classification: Readonly<Record<string, readonly string[]>>
  readonly tags: readonly string[]
  readonly info: JsonObject
  /** The job that its current version is an output of. */
  readonly madeBy?: { readonly job: string; readonly gear: string; readonly version: string }
  /** Names in a zip file. Absent: it is none, or nobody has asked for them. */
  readonly zipMembers?: readonly string[]
}

/** A place around a file. */
export interface PlaceFacts {
  readonly id: string
  readonly level: Exclude<MetadataOwner, "file">
  readonly label: string
  readonly parent: string
  /** Labels from the group on. */
  readonly path: string
  /** `label`, `tags`, `info` and whatever else is known of it. */
  readonly fields: JsonObject
}

/** A job that ended. */
export interface JobFacts {
  readonly id: string
  readonly gear: string
  readonly version: string
  readonly state: "complete" | "failed"
  /** Id of the place that it was for. */
  readonly destination: string
  /** Ids of the files that it read. */
  readonly inputs: readonly string[]
}

/** All that a rule can look at when it decides about a file. */
export interface RuleFacts {
  readonly file: FileFacts
  /** The place of each file, and those above it, by id. */
  readonly places: ReadonlyMap<string, PlaceFacts>
  /** Files that can be taken together, this one too: those of its place, and of more when the rule reaches further. */
  readonly files: readonly FileFacts[]
  readonly jobs: readonly JobFacts[]
}
