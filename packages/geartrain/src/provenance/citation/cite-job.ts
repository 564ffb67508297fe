import type { Gear, JobRecord } from "@geartrain/spec"
import { bibtexEntry } from "./bibtex.ts"
import { citationFile } from "./citation-file.ts"
import { methodsParagraph } from "./methods-paragraph.ts"

/** What a paper needs to name a result. */
export interface Citation {
  /** A paragraph for the section on methods. */
  readonly methods: string
  readonly bibtex: string
  /** The gear in the Citation File Format. */
  readonly cff: string
}

/** @param gear  The gear of the job, which has the author, licence and citation. */
export function citeJob(record: JobRecord, gear: Gear): Citation {
  return { methods: methodsParagraph(record, gear), bibtex: bibtexEntry(gear), cff: citationFile(gear) }
}
