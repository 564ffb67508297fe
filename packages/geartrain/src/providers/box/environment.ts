import type { Box } from "@geartrain/ports"

/**
 * The whole environment of a box. Some backends add PWD or HOME where they are missing; so that all give the same, they are never missing.
 *
 * @throws {RangeError} for a name that no program could find.
 */
export function environmentOf(box: Pick<Box, "environment" | "workingFolder">): Readonly<Record<string, string>> {
  const environment = { PWD: box.workingFolder, HOME: "/", ...box.environment }
  for (const [name, value] of Object.entries(environment))
    if (name === "" || name.includes("=") || `${name}${value}`.includes("\0"))
      throw new RangeError(`A box cannot have the variable ${JSON.stringify(name)}`)
  return environment
}
