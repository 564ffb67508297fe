import { GeartrainError } from "@geartrain/spec"

/**
 * Holds what somebody means to change against what is there now.
 *
 * @param expected  Revision that they saw; undefined where they do not mind.
 * @throws {GeartrainError} ETAG_MISMATCH
 */
export function needRevision(
  thing: { readonly id: string; readonly revision: number },
  expected: number | undefined,
): void {
  if (expected === undefined || expected === thing.revision) return
  throw new GeartrainError(
    "ETAG_MISMATCH",
    `Cannot change "${thing.id}": it is at revision ${thing.revision}, and ${expected} was read`,
    {
      details: { id: thing.id, revision: thing.revision, expected },
      hint: "Read it again, and apply the change to that",
    },
  )
}
