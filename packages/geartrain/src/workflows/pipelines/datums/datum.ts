import type { TreeFile } from "../folders/commit.ts"

/** What one match of one input's glob gave. */
export interface DatumPart {
  /** What the input is called. */
  readonly input: string
  /** The gear's input that takes the files. */
  readonly to: string
  /** The path that was matched; empty for the folder itself. */
  readonly path: string
  /** What the groups of the glob caught. */
  readonly caught: readonly string[]
  readonly files: readonly TreeFile[]
  /** The folder in which the files lie. Absent: the store has them, as it has outputs, or they are brought there. */
  readonly root?: string
  /** Address of the server that has the files. */
  readonly server?: string
  readonly joinOn?: string
  readonly groupBy?: string
  readonly outerJoin?: boolean
  readonly emptyFiles?: boolean
  readonly reference?: boolean
}

/** The unit of work: what is one job. */
export type Datum = readonly DatumPart[]

/**
 * A datum for people: the paths that make it up.
 *
 * @example
 *   describeDatum([{ input: "scans", to: "scan", path: "sub-01", caught: [], files: [] }]) // => "scans:/sub-01"
 */
export function describeDatum(datum: readonly Pick<DatumPart, "input" | "path">[], most = 4): string {
  const shown = datum.slice(0, most).map(({ input, path }) => `${input}:/${path}`)
  return datum.length > most ? `${shown.join(" + ")} … ${datum.length} paths` : shown.join(" + ")
}
