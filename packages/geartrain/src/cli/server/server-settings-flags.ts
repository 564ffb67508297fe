import {
  readServerSettings,
  SERVER_SETTINGS,
  type ServerSettings,
  serverEnvironment,
} from "../../settings/server-settings.ts"
import type { Context, Flag, Given } from "../command.ts"

/** Flags for settings of a server, each with what its value is called, and one for a file of settings. */
export function serverSettingFlags(values: Readonly<Record<string, string>>): Readonly<Record<string, Flag>> {
  const flags = Object.entries(values).map(([name, value]) => {
    const { says, initial } = SERVER_SETTINGS[name] as (typeof SERVER_SETTINGS)[string]
    return [name, { type: "text" as const, value, says: initial === undefined ? says : `${says}. Default: ${initial}` }]
  })
  const file = { type: "text", value: "FILE", says: "Read settings from a file of YAML", complete: "file" }
  return Object.fromEntries([...flags, ["settings", file]])
}

/**
 * The settings of a server, by flags, environment and file: a flag counts most, the file least.
 *
 * @param names  Flags that are settings.
 * @throws {GeartrainError} SETTINGS_INVALID, with all that is wrong.
 */
export async function readServerFlags(
  context: Context,
  given: Given,
  names: readonly string[],
): Promise<ServerSettings> {
  const flags = names.flatMap((name) => {
    const value = given.text(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const file = given.text("settings")
  const { readServerFile } = await import("../../compose/server/read-server-file.ts")
  const sources = [
    { values: Object.fromEntries(flags), nameOf: (name: string) => `--${name}` },
    serverEnvironment(),
    ...(file === undefined ? [] : [await readServerFile(file)]),
  ]
  return readServerSettings(sources, context.settings().home)
}
