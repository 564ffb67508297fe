/** The gears that jobs can be started with. */
export interface GearTables {
  gears: GearRow
}

export interface GearRow {
  /** The gear's id: `sha256:…`. */
  id: string
  name: string
  version: string
  label: string
  /** Flywheel's word: `converter`, `qa`, `utility`, `analysis` … */
  category: string
  /** The gear manifest, as JSON. */
  manifest: string
  platform: string
  /** Digest of its root filesystem. */
  tree: string
  /** Of the file that runners fetch. */
  image_digest: string
  image_bytes: number
  state: "enabled" | "disabled"
  /** Grows with each change: the ETag. */
  revision: number
  /** 1 for the one of its name that was registered last. */
  newest: number
  /** When another gear took the place of this one in development; null for all others. */
  superseded_ms: number | null
  created_ms: number
  created_by: string
}
