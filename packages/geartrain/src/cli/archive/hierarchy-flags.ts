import { GeartrainError } from "@geartrain/spec"
import type { Flag, Given } from "../command.ts"

/** Flags of what is done in an archive: which, where, and whether it is written. */
export const HIERARCHY_FLAGS = {
  hierarchy: {
    type: "text",
    value: "FILE",
    says: "Run as in an archive of projects and sessions, which this document describes: gear schema hierarchy",
    complete: "file",
  },
  destination: {
    type: "text",
    value: "PATH",
    says: "What the job is for: labels from the project on, such as Study/sub-01/ses-01, or PATH/analyses/LABEL",
  },
  apply: { type: "switch", says: "Write what the job says of the hierarchy into its document" },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE for flags that need a hierarchy, where none is given. */
export function hierarchyFile(given: Given): string | undefined {
  const file = given.text("hierarchy")
  const lone = (["destination", "apply"] as const).find((flag) => given.has(flag))
  if (file === undefined && lone !== undefined) {
    throw new GeartrainError("USAGE", `Cannot take --${lone}: there is no hierarchy to look in`, {
      details: { flag: lone },
      hint: "Name its document, too: --hierarchy project.yaml",
    })
  }
  return file
}
