import type { JobRecord, JsonObject } from "@geartrain/spec"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { Paint } from "../output/paint.ts"
import { shellWord } from "../output/shell-word.ts"
import { keepMetadata } from "./keep-metadata.ts"
import { changeLines, countWritten, faultLines } from "./metadata-lines.ts"
import { changesData, planMetadata } from "./plan-metadata.ts"
import type { ArchiveWork } from "./use-hierarchy.ts"

/** What is said of a job's metadata when it has ended. */
export interface MetadataReport {
  readonly lines: readonly string[]
  readonly data: JsonObject
}

export interface ReportOptions {
  readonly work: ArchiveWork | undefined
  /** Where the outputs were put. */
  readonly folder: string | undefined
  /** What cannot be written is an error, and not only told. */
  readonly strict?: boolean
  readonly paint: Paint
  readonly id: (id: string) => string
}

/**
 * Tells what a job said of its surroundings, and writes it where that was asked for.
 *
 * @returns undefined for a job that said nothing, and ran in no hierarchy.
 * @throws {GeartrainError} HIERARCHY_CHANGED; METADATA_INVALID when `strict`
 */
export async function metadataReport(
  record: JobRecord,
  ports: Pick<EnginePorts, "blobs">,
  options: ReportOptions,
): Promise<MetadataReport | undefined> {
  const { work, paint } = options
  const planned = await planMetadata(record, ports, work)
  if (!planned.isThere && work === undefined) return undefined
  const apply = work?.apply === true && (options.strict === true || planned.faults.length === 0)
  const kept = apply ? await keepMetadata(work, planned, options.folder) : undefined
  const warnings = [...faultLines(planned.warnings), ...planned.notes, ...(kept?.notes ?? [])]
  return {
    lines: [
      ...faultLines(planned.faults),
      ...warnings.map((line) => `${paint.yellow("warning")} ${line}`),
      ...changeLines(planned.changes, paint),
      ...closingLine(record, {
        ...options,
        written: kept?.isWritten === false ? 0 : countWritten(planned.changes),
        apply,
      }),
    ],
    data: {
      applied: kept?.isWritten === true,
      destination: work?.destination.path ?? null,
      changes: changesData(planned.changes),
      faults: planned.faults.map((fault) => ({ ...fault })),
      warnings,
    },
  }
}

function closingLine(
  record: JobRecord,
  told: ReportOptions & { readonly written: number; readonly apply: boolean },
): readonly string[] {
  const { work, written, apply } = told
  const command = `gear metadata ${told.id(record.id)}`
  if (work === undefined) return [`What it would change in a hierarchy: ${command} --hierarchy FILE`]
  if (written === 0) return ["Nothing changes in the hierarchy"]
  const file = shellWord(work.archive.file)
  if (apply) return [`written to ${work.archive.file}`]
  const destination = work.destination.at === undefined ? ` --destination ${shellWord(work.destination.path)}` : ""
  const folder = told.folder === undefined ? "" : ` -o ${shellWord(told.folder)}`
  return [
    `Nothing is written to ${work.archive.file} yet: ${command} --hierarchy ${file}${destination}${folder} --apply`,
  ]
}
