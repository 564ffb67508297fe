/** Groups, places, files with their versions, and what is kept beside them. A row whose `deleted_ms` is not null lies in the trash. */
export interface ArchiveTables {
  groups: GroupRow
  places: PlaceRow
  analyses: AnalysisRow
  files: FileRow
  file_versions: FileVersionRow
  project_usage: ProjectUsageRow
  uploads: UploadRow
  downloads: DownloadRow
  collections: CollectionRow
  collection_items: CollectionItemRow
  blobs: BlobRow
}

export interface GroupRow {
  /** A word of 2 to 32 characters. */
  id: string
  label: string
  created_ms: number
  created_by: string
  modified_ms: number
  revision: number
}

/** Levels that have a row in `places`: all that files lie in. */
export type PlaceType = "project" | "subject" | "session" | "acquisition" | "analysis"

export interface PlaceRow {
  id: string
  type: PlaceType
  /** Id of the place that it is in; of its group for a project. */
  parent: string
  group_id: string
  /** Id of the project; its own for a project. */
  project: string
  /** Ids from the project to the place itself, each with a `/` after it: what begins with it lies in the place. */
  lineage: string
  /** NFC; one of its kind among the living in one parent and of one type. */
  label: string
  /** A JSON object: what is known beyond label, tags and info. */
  metadata: string
  /** A JSON list of texts, sorted. */
  tags: string
  /** A JSON object. */
  info: string
  created_ms: number
  created_by: string
  modified_ms: number
  /** Counts every change: its ETag. */
  revision: number
  /** Of a project: bytes that all versions of its files may have together. Null: no limit. */
  quota_bytes: number | null
  deleted_ms: number | null
  deleted_by: string | null
  /** What was put into the trash, with all in it: this place's own id, or that of one above it. */
  deleted_with: string | null
}

/** What an analysis has beyond its place. */
export interface AnalysisRow {
  place: string
  /** A JSON list of {file, version, name, place, digest}. */
  inputs: string
  job: string | null
  /** A JSON list of {text, byUser, atMs}. */
  notes: string
}

export interface FileRow {
  id: string
  place: string
  project: string
  /** That of its place. */
  lineage: string
  /** NFC; one of its kind among the living in one place. */
  name: string
  /** By suffix, unless somebody or a job said another. */
  type: string | null
  mimetype: string
  modality: string | null
  /** A JSON object of lists of texts. */
  classification: string
  tags: string
  info: string
  member_count: number | null
  /** Of the current version, and what that says. */
  version: number
  digest: string
  size_bytes: number
  created_ms: number
  modified_ms: number
  revision: number
  deleted_ms: number | null
  deleted_by: string | null
  deleted_with: string | null
}

/** Never changed once it is there. */
export interface FileVersionRow {
  file: string
  /** From 1. */
  version: number
  digest: string
  size_bytes: number
  created_ms: number
  created_by: string
  origin: "user" | "job" | "rule" | "import"
  job: string | null
}

/** Bytes of all versions of a project's files, those in the trash too. */
export interface ProjectUsageRow {
  project: string
  bytes: number
  versions: number
}

/** A file that is on its way. Its bytes lie in the folder of uploads under its id. */
export interface UploadRow {
  id: string
  place: string
  project: string
  name: string
  /** Null: not known before its end. */
  size_bytes: number | null
  /** Digest that it is to have. */
  expected: string | null
  /** So many bytes are on the disk for good. */
  received_bytes: number
  state: "open" | "done"
  /** A JSON object {file, version, digest}, once it is done. */
  result: string | null
  created_by: string
  created_ms: number
  expires_ms: number
}

/** What a ticket stands for. */
export interface DownloadRow {
  id: string
  created_by: string
  /** A JSON object: places, files and filters. */
  selection: string
  created_ms: number
  expires_ms: number
}

export interface CollectionRow {
  id: string
  /** Whose members may see it. What it lists may lie in others. */
  project: string
  label: string
  description: string
  created_ms: number
  created_by: string
  modified_ms: number
  revision: number
  deleted_ms: number | null
}

export interface CollectionItemRow {
  collection: string
  item: string
  kind: "place" | "file"
  added_ms: number
  added_by: string
}

/** Bytes that the server's store holds, or may. */
export interface BlobRow {
  digest: string
  size_bytes: number
  /** When somebody last said that it is needed: for a while after that it stays, whoever refers to it. */
  held_ms: number
}
