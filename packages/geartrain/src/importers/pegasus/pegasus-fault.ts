import { GeartrainError } from "@geartrain/spec"

/** Where in a file of Pegasus' something stands. */
export interface PegasusPlace {
  readonly file: string
  /** From 1. Absent: the file as a whole. */
  readonly line?: number
  /** What the value is called, such as `jobs[3].uses[0].lfn`. */
  readonly what?: string
}

/** A document of Pegasus' that cannot be read: where, and what is the case. */
export function pegasusFault(at: PegasusPlace, problem: string, hint?: string): GeartrainError {
  const line = at.line === undefined ? "" : `:${at.line}`
  const what = at.what === undefined ? "" : `${at.what}: `
  return new GeartrainError("PEGASUS_DOCUMENT_INVALID", `Cannot read "${at.file}${line}": ${what}${problem}`, {
    details: { file: at.file, ...(at.line === undefined ? {} : { line: at.line }) },
    hint: hint ?? "Change it where the message says; the format is that of Pegasus 5.0",
  })
}
