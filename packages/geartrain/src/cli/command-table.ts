import type { CommandGroup, CommandRow } from "./command.ts"
import { BATCHES } from "./table/batches.ts"
import { CATALOGUE } from "./table/catalogue.ts"
import { GEARS } from "./table/gears.ts"
import { JOBS } from "./table/jobs.ts"
import { MACHINE } from "./table/machine.ts"
import { PIPELINES } from "./table/pipelines.ts"
import { PROOF } from "./table/proof.ts"
import { REMOTE } from "./table/remote.ts"
import { SERVER } from "./table/server.ts"
import { THINGS } from "./table/things.ts"
import { WORKFLOWS } from "./table/workflows.ts"

/** All commands, in the order of the help: what people do first, first. A new one gets its row in `table/`. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  GEARS,
  JOBS,
  WORKFLOWS,
  PIPELINES,
  PROOF,
  THINGS,
  CATALOGUE,
  REMOTE,
  BATCHES,
  SERVER,
  MACHINE,
]

/** Commands that people do not type, and lists do not show. */
export const HIDDEN_ROWS: readonly CommandRow[] = [
  {
    name: "__complete",
    summary: "Offer words to a shell",
    load: async () => (await import("./commands/machine/complete.ts")).completeCommand,
  },
]

export function findRow(name: string): CommandRow | undefined {
  return allRows().find((row) => row.name === name) ?? HIDDEN_ROWS.find((row) => row.name === name)
}

export function allRows(): readonly CommandRow[] {
  return COMMAND_GROUPS.flatMap((group) => group.rows)
}
