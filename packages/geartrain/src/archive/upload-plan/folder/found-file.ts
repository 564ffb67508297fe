import type { LeftOut, SourceFile } from "../upload-plan.ts"

/** A regular file of the folder, or a link to one. */
export interface FoundFile {
  readonly source: SourceFile
  readonly sizeBytes: number
}

/** What a walk through a folder meets. */
export type Found =
  | { readonly is: "file"; readonly file: FoundFile }
  | { readonly is: "left-out"; readonly item: LeftOut }

/** The folders above a file, and its name. */
export function stepsOf({ source }: FoundFile): { readonly folders: readonly string[]; readonly name: string } {
  const steps = source.path.split("/")
  return { folders: steps.slice(0, -1), name: steps.at(-1) ?? "" }
}
