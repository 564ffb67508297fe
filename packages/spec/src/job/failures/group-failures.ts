import type { Sha256 } from "../../identity/digest.ts"
import { normaliseMessage } from "./normalise-message.ts"

/** A job that failed, or what could not be made a job of. */
export interface TellingFailure {
  /** The job's reason, or the code of what refused it. */
  readonly reason: string
  readonly message: string
}

/** Failures that tell of the same. */
export interface FailureGroup<Told extends TellingFailure = TellingFailure> {
  /** Names the group as long as its failures say the same. */
  readonly group: string
  readonly reason: string
  /** What they have in common. */
  readonly message: string
  readonly count: number
  /** One of them, as it is. */
  readonly example: Told
}

/** Groups failures by reason and by what their messages have in common, the largest group first. */
export function groupFailures<Told extends TellingFailure>(
  failures: readonly Told[],
  sha256: Sha256,
): readonly FailureGroup<Told>[] {
  const groups = new Map<string, FailureGroup<Told>>()
  for (const failure of failures) {
    const group = groupOf(failure, sha256)
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

/** Name of the group that a failure is in: 16 hexadecimal digits. */
export function groupOf({ reason, message }: TellingFailure, sha256: Sha256): string {
  const text = `${reason}\n${normaliseMessage(message)}`
  return sha256(new TextEncoder().encode(text)).slice("sha256:".length, "sha256:".length + 16)
}
