import type { JobRecord } from "@geartrain/spec"

/** A job, and where its files lie in the crate's folder. What has no place there is described by its digest alone. */
export interface CratedJob {
  readonly record: JobRecord
  /** Path of the record itself. */
  readonly recordPath: string
  readonly logPath?: string
  /** Path of an input by its name in the manifest. */
  readonly inputPaths: ReadonlyMap<string, string>
  /** Path of an output by its path in the output folder. */
  readonly outputPaths: ReadonlyMap<string, string>
}
