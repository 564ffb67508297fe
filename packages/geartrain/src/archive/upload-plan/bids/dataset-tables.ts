import type { PlanBook } from "../book/plan-book.ts"
import type { FoundFile } from "../folder/found-file.ts"
import { readSmall, readSmallJson, Untold } from "../folder/read-small.ts"
import { describeSession, describeSubject, rowsByLabel } from "./participants.ts"
import { readTable, type TableRow } from "./read-table.ts"

export const DESCRIPTION = "dataset_description.json"
const MOST_DESCRIPTION_BYTES = 64 * 1024
const MOST_TABLE_BYTES = 16 * 1024 * 1024

/** The files of a dataset that speak of its places. What cannot be read of them is a warning: they are uploaded as they are. */
export class DatasetTables {
  readonly #book: PlanBook
  #participants: ReadonlyMap<string, TableRow> = new Map()
  readonly #sessions = new Map<string, ReadonlyMap<string, TableRow>>()
  isDescribed = false

  constructor(book: PlanBook) {
    this.#book = book
  }

  /** A file at the top of the dataset. */
  takeTop(file: FoundFile, name: string): void {
    if (name === "participants.tsv") this.#participants = this.#read(file, "participant_id")
    if (name !== DESCRIPTION) return
    this.isDescribed = true
    const says = readSmallJson(this.#book.folder, file, MOST_DESCRIPTION_BYTES)
    if (says instanceof Untold) this.#book.warn(file.source.path, says.why)
    else this.#book.project.fields["info"] = { BIDS: says }
  }

  /** A file at the top of a subject. */
  takeOfSubject(file: FoundFile, { subject, name }: { readonly subject: string; readonly name: string }): void {
    if (name === `${subject}_sessions.tsv`) this.#sessions.set(subject, this.#read(file, "session_id"))
  }

  /** Writes what the tables say, of places that the dataset has. */
  describe(): void {
    for (const subject of this.#book.children(this.#book.project)) {
      const [label = ""] = subject.labels
      const row = this.#participants.get(label)
      if (row !== undefined) describeSubject(subject, row)
      const sessions = this.#book.children(subject)
      const age = sessions.length === 1 ? row?.get("age") : undefined
      const rows = this.#sessions.get(label)
      for (const session of sessions) describeSession(session, rows?.get(session.labels.at(-1) ?? ""), age)
    }
  }

  #read(file: FoundFile, column: "participant_id" | "session_id"): ReadonlyMap<string, TableRow> {
    const bytes = readSmall(this.#book.folder, file, MOST_TABLE_BYTES)
    const rows = bytes instanceof Untold ? bytes.why : readTable(bytes)
    if (typeof rows !== "string") return rowsByLabel(rows, column)
    this.#book.warn(file.source.path, rows)
    return new Map()
  }
}
