import type { UploadPlan } from "./upload-plan.ts"

/** A plan in numbers. */
export interface PlanCounts {
  readonly subjects: number
  readonly sessions: number
  readonly acquisitions: number
  /** As they would be in the archive. */
  readonly files: number
  /** As they lie in the folder: those in a zip are counted one by one. */
  readonly sourceFiles: number
  /** To be sent. */
  readonly sizeBytes: number
  readonly leftOut: number
}

export function countPlan({ places, leftOut }: Pick<UploadPlan, "places" | "leftOut">): PlanCounts {
  const of = (level: string): number => places.filter((place) => place.level === level).length
  const files = places.flatMap((place) => place.files)
  return {
    subjects: of("subject"),
    sessions: of("session"),
    acquisitions: of("acquisition"),
    files: files.length,
    sourceFiles: files.reduce((sum, { content }) => sum + (content.kind === "zip" ? content.members.length : 1), 0),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    leftOut: leftOut.length,
  }
}
