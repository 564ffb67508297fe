import { basename } from "node:path"
import type { PipelineInput } from "@geartrain/spec/workflow"

/** The ways in which inputs are put together. */
export const COMBINATORS = ["cross", "union", "join", "group"] as const
export type Combinator = (typeof COMBINATORS)[number]

/** An input that reads one folder, or what is as one. */
export interface FolderInput extends PipelineInput {
  readonly glob: string
}

/** The ways that an input was written in: one, where it is as it has to be. */
export function formsOf(input: PipelineInput): readonly string[] {
  return ["folder", "archive", "pipeline", ...COMBINATORS].filter(
    (form) => input[form as keyof PipelineInput] !== undefined,
  )
}

/** What an input puts together, and how; nothing of one that reads a folder. */
export function partsOf(
  input: PipelineInput,
): { readonly by: Combinator; readonly of: readonly PipelineInput[] } | undefined {
  for (const by of COMBINATORS) {
    const of = input[by]
    if (of !== undefined) return { by, of }
  }
  return undefined
}

/** All inputs that read a folder, in the order in which they are written. */
export function folderInputs(input: PipelineInput): readonly FolderInput[] {
  const parts = partsOf(input)
  return parts === undefined ? [input as FolderInput] : parts.of.flatMap(folderInputs)
}

/**
 * What a folder is called in the pipeline.
 *
 * @example
 *   inputName({ folder: "../data/scans/", glob: "*" }) // => "scans"
 */
export function inputName(input: PipelineInput): string {
  return input.name ?? input.pipeline ?? basename(input.folder ?? input.archive?.place ?? "")
}
