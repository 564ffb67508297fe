import type { BoxConstraint } from "@geartrain/ports"
import { allowedProcessors } from "../../../system/linux/allowed-processors.ts"
import { findProgram } from "../../../system/linux/find-program.ts"

/** The programs that hold a box to something, all of util-linux: what they set is kept by every program that they become or start. */
const HOLDERS: Readonly<Record<BoxConstraint, string>> = { "one-cpu": "taskset", "fixed-addresses": "setarch" }

/** What boxes can be held to on this machine. */
export function offeredConstraints(): readonly BoxConstraint[] {
  return (Object.keys(HOLDERS) as BoxConstraint[]).filter(
    (constraint) =>
      findProgram(HOLDERS[constraint]) !== undefined && (constraint !== "one-cpu" || allowedProcessors().length > 0),
  )
}

/**
 * The words before a command that hold it, and all that it starts, to the constraints.
 *
 * @see taskset(1), setarch(8); personality(2), ADDR_NO_RANDOMIZE
 */
export function holdingWords(
  constraints: readonly BoxConstraint[],
  processors: () => readonly number[] = allowedProcessors,
): readonly string[] {
  return [
    // The last: the first is where machines do most of their own work.
    ...(constraints.includes("one-cpu") ? [HOLDERS["one-cpu"], "--cpu-list", String(processors().at(-1) ?? 0)] : []),
    ...(constraints.includes("fixed-addresses") ? [HOLDERS["fixed-addresses"], "--addr-no-randomize"] : []),
  ]
}
