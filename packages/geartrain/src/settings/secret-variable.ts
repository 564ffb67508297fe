import type { Environment } from "./cache-folder.ts"

/**
 * Reads a secret that the user keeps in a variable of their environment, by the name that they gave.
 *
 * @returns undefined for one that is not set.
 */
export function secretVariable(name: string, environment: Environment = process.env): string | undefined {
  return environment[name]
}
