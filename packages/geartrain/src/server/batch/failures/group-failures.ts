import { sha256 } from "../../../system/hash.ts"
import { normaliseMessage } from "./normalise-message.ts"

/** A target whose job failed, or for which none could be submitted. */
export interface Failure {
  readonly n: number
  readonly path: string
  readonly job?: string
  /** The job's reason, or the code of what refused it. */
  readonly reason: string
  readonly message: string
}

/** Failures that tell of the same. */
export interface FailureGroup {
  /** Names the group as long as its failures say the same. */
  readonly group: string
  readonly reason: string
  /** What they have in common. */
  readonly message: string
  readonly count: number
  /** One of them, as it is. */
  readonly example: Failure
}

/** Groups failures by reason and by what their messages have in common, the largest group first. */
export function groupFailures(failures: readonly Failure[]): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const failure of failures) {
    const group = groupOf(failure)
    const before = groups.get(group)
    groups.set(
      group,
      before === undefined
        ? { group, reason: failure.reason, message: normaliseMessage(failure.message), count: 1, example: failure }
        : { ...before, count: before.count + 1 },
    )
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.group < b.group ? -1 : 1))
}

/** Name of the group that a failure is in. */
export function groupOf({ reason, message }: Pick<Failure, "reason" | "message">): string {
  const text = `${reason}\n${normaliseMessage(message)}`
  return sha256(new TextEncoder().encode(text)).slice("sha256:".length, "sha256:".length + 16)
}
