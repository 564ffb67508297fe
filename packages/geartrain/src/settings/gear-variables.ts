import type { Environment } from "./cache-folder.ts"
import { SETTINGS_VARIABLES } from "./settings.ts"

/** The variables of our own that another `gear`, started by this one, has to see as this one does. */
export function gearEnvironment(environment: Environment = process.env): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SETTINGS_VARIABLES.flatMap(({ name }) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
