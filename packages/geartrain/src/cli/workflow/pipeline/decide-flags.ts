import type { DecideOptions } from "../../../workflows/pipelines/run/decide.ts"
import type { Flag, Given } from "../../command.ts"

/** Flags of commands that decide what is done of datums. */
export const DECIDE_FLAGS = {
  all: { type: "switch", says: "Every datum, whatever is known of it" },
  "retry-recovered": { type: "switch", says: "Also those that failed and were recovered" },
} as const satisfies Readonly<Record<string, Flag>>

export function decideOptions(given: Given): DecideOptions {
  return { all: given.has("all"), retryRecovered: given.has("retry-recovered") }
}
