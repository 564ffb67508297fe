import type { CommandGroup } from "../command.ts"

export const WORKFLOWS: CommandGroup = {
  title: "Workflows: many gears, one graph",
  rows: [],
}
