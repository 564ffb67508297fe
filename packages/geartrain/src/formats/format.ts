import type { UnpackBudget } from "./containers/unpack-budget.ts"
import type { FileComparison } from "./file-comparison.ts"
import type { FileSource } from "./file-source.ts"

/** What a format's reader can ask for. */
export interface FormatMeans {
  /** Compares what lies inside of a container by its own format. */
  readonly inside: (a: FileSource, b: FileSource) => Promise<FileComparison>
  /** Whoever unpacks something asks here whether it may. */
  readonly budget: UnpackBudget
}

/** A kind of file that is compared by what it means, and not by its bytes. */
export interface Format {
  /** Stable, lower case. */
  readonly name: string
  /** Whether a file is of this kind, by its first bytes (at least 512, or the whole file) and its name in lower case. */
  readonly fits: (head: Uint8Array, name: string) => boolean
  /** @throws {UnfitFile} when a file turns out not to be of this kind. */
  readonly compare: (a: FileSource, b: FileSource, means: FormatMeans) => Promise<FileComparison>
}
