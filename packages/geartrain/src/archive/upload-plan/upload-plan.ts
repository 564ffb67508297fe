import type { JsonObject } from "@geartrain/spec"

/** How a folder is sorted into places. */
export type SorterName = "bids" | "dicom" | "folders"

/** What would be uploaded of a folder, and where to. Plain data; nothing of it has been sent anywhere. */
export interface UploadPlan {
  /** Absolute, without links. */
  readonly folder: string
  readonly sorter: SorterName
  /** The project first, parents before their children. */
  readonly places: readonly PlannedPlace[]
  /** Every file that was found is in a place or here, and once. */
  readonly leftOut: readonly LeftOut[]
  /** What is uploaded and may still be wrong. */
  readonly warnings: readonly PlanWarning[]
}

export type PlannedLevel = "project" | "subject" | "session" | "acquisition"

export interface PlannedPlace {
  readonly level: PlannedLevel
  /** From the subject on, so none for the project. Each can be a folder's name. */
  readonly labels: readonly string[]
  /** What the folder says of it, by the members that places of its level have: uid, timestamp, sex, age, info … */
  readonly fields: JsonObject
  readonly files: readonly PlannedFile[]
}

export interface PlannedFile {
  /** One of its kind in its place. */
  readonly name: string
  readonly sizeBytes: number
  /** type, modality, classification, info, zip_member_count: what is known. */
  readonly fields: JsonObject
  readonly content: FileContent
}

export type FileContent =
  | SourceFile
  /** A zip that is made while it is uploaded: stored, with fixed times, so the same members make the same bytes. */
  | { readonly kind: "zip"; readonly members: readonly ZippedFile[] }

export interface SourceFile {
  readonly kind: "file"
  /** As it is named, relative to the folder. */
  readonly path: string
  /** Where its bytes lie, relative to the folder, if it is a link to another file of the folder. */
  readonly linkedTo?: string
}

export interface ZippedFile {
  /** In the zip. */
  readonly name: string
  readonly sizeBytes: number
  readonly source: SourceFile
}

export interface LeftOut {
  /** Relative to the folder. */
  readonly path: string
  /** A folder stands for all that is below it, which was not looked at. */
  readonly kind: "file" | "folder"
  readonly why: string
}

export interface PlanWarning {
  /** A path relative to the folder, or labels with `/` between them. */
  readonly about: string
  readonly says: string
}
