import { GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import { readYamlFile } from "../../documents/read-yaml.ts"
import type { SettingsSource } from "../../settings/server-settings.ts"
import { systemCode } from "../../system/system-code.ts"

/**
 * Reads a settings file of YAML: the settings by their names, as flags have them.
 *
 * @throws {GeartrainError} SETTINGS_INVALID, with the line of what is no YAML.
 */
export async function readServerFile(path: string): Promise<SettingsSource> {
  const { value } = await readYamlFile(path, "SETTINGS_INVALID").catch((error: unknown) => {
    const code = isGeartrainError(error) ? undefined : systemCode(error)
    if (code === undefined) throw error
    throw unreadable(path, `it cannot be read (${code})`, error)
  })
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unreadable(path, "it holds no settings")
  return { values: value as JsonObject, nameOf: (setting) => `${path}: ${setting}` }
}

function unreadable(path: string, because: string, cause?: unknown): GeartrainError {
  return new GeartrainError("SETTINGS_INVALID", `Cannot use settings file "${path}": ${because}`, {
    details: { path },
    hint: "Write it as lines such as port: 8080",
    cause,
  })
}
