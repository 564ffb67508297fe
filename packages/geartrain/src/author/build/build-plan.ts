import type { Digest } from "@geartrain/spec"

/** A build that could be carried out: everything that can be refused without doing it has been refused. */
export interface BuildPlan {
  readonly kind: "dockerfile" | "recipe" | "folder"
  /** What the gear is made from, as people call it: the path of the Dockerfile, of the recipe, or of the folder. */
  readonly source: string
  /** What builds it, with its version. Absent for a folder, which is taken as it is. */
  readonly builder?: { readonly name: string; readonly version: string }
  /** Digest of everything of ours that the outcome depends on; two builds of one key need not both be carried out. Absent: only the outcome tells. */
  readonly key?: Digest
  /** What the reader should know of what they get. */
  readonly notes: readonly string[]
  /**
   * Makes an image.
   *
   * @returns the path of a tar, of an archive or of a folder.
   * @throws {GeartrainError} BUILD_FAILED
   */
  build(options: BuildOptions): Promise<string>
  /** Whether what was built from is still what `key` was made of. */
  isUnchanged(): Promise<boolean>
  /** Removes what was written in between, the image with it. */
  close(): Promise<void>
}

export interface BuildOptions {
  /** What the builder says, line by line, as it comes. */
  readonly onLine: (line: string) => void
  readonly signal?: AbortSignal
}

/** What is wanted of every build. */
export interface PlanOptions {
  /** Where what does not last is written. */
  readonly temporaryFolder: string
  /** The builder to use, by name. Default: the first that works. */
  readonly builder?: string
  /** Whether steps of a Dockerfile reach the network. Recipes fetch packages, and do nothing else there. */
  readonly network: "none" | "outbound"
  /** Use nothing that the builder kept of earlier builds. */
  readonly fresh: boolean
}
