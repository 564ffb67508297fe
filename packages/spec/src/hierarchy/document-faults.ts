import type { JsonPath } from "../json/json-path.ts"

/** One thing that is wrong with a document: where, what, and what would mend it. */
export interface DocumentFault {
  readonly path: JsonPath
  /** What is the case, as part of a sentence. */
  readonly problem: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
}

// A document with more faults than these is another kind of document.
const MOST_FAULTS = 1_000

/** Collects what is wrong with a document. */
export class DocumentFaults {
  readonly faults: DocumentFault[] = []

  at(path: JsonPath, text: Pick<DocumentFault, "problem" | "fix">): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ path, ...text })
  }
}
