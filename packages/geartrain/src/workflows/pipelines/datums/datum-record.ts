import type { JobId, OutputFile } from "@geartrain/spec"

/** What became of a datum, as the commit of the output keeps it. */
export interface DatumRecord {
  readonly id: string
  readonly key: string
  readonly parts: readonly { readonly input: string; readonly path: string }[]
  /** `recovered`: it failed, and that was allowed for; it gave nothing. */
  readonly state: "complete" | "recovered" | "failed"
  readonly how: "kept" | "reused" | "run"
  /** Ends a sentence. */
  readonly why: string
  readonly job?: JobId
  /** The commit in which it was done, or taken over. */
  readonly since: number
  /** Before the paths of its outputs. */
  readonly place: string
  readonly outputs: readonly Pick<OutputFile, "path" | "digest" | "sizeBytes" | "type" | "executable">[]
  readonly tries?: number
  readonly wallMs?: number
  /** Why it failed. */
  readonly problem?: string
}
