import type { Argument } from "../command.ts"

/** How every command that reads a run is told which. */
export const RUN_ARGUMENT: Argument = { name: "RUN", says: "The id of a run, its beginning, or latest" }
