import { isAbsolute, join, resolve } from "node:path"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { cacheFolder, type Environment, variable, xdgFolder } from "./cache-folder.ts"
import { type ImageLimitSettings, parseImageLimits } from "./image-limits.ts"
import type { Settings, TerminalSettings } from "./settings.ts"

/**
 * Reads the settings. A variable that is empty counts as not set.
 *
 * @param environment  Default: the environment of this process.
 * @throws {GeartrainError} SETTINGS_INVALID when a variable has a value that cannot be used.
 * @see XDG Base Directory Specification 0.8: "All paths set in these environment variables must be absolute", others are ignored.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const provider = providerName(environment)
  const imageLimits = readImageLimits(environment)
  const catalogue = variable(environment, "GEARTRAIN_CATALOGUE")
  const server = variable(environment, "GEARTRAIN_SERVER")
  const token = variable(environment, "GEARTRAIN_TOKEN")
  return {
    home: homeFolder(environment),
    cache: cacheFolder(environment),
    config: join(xdgFolder(environment, "XDG_CONFIG_HOME", ".config"), "geartrain"),
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(provider === undefined ? {} : { provider }),
    ...(server === undefined ? {} : { server }),
    ...(token === undefined ? {} : { serverToken: () => token }),
    ...(imageLimits === undefined ? {} : { imageLimits }),
    ...(wantsFreshInputs(environment) ? { freshInputs: true } : {}),
    terminal: readTerminalSettings(environment),
  }
}

/** The part of the settings that is about the terminal. Never fails, so that every error can be printed as the user wants it. */
export function readTerminalSettings(environment: Environment = process.env): TerminalSettings {
  const dumb = variable(environment, "TERM") === "dumb"
  return { color: variable(environment, "NO_COLOR") === undefined && !dumb, movement: !dumb }
}

function homeFolder(environment: Environment): string {
  const home = variable(environment, "GEARTRAIN_HOME")
  if (home === undefined) return join(xdgFolder(environment, "XDG_DATA_HOME", ".local/share"), "geartrain")
  if (isAbsolute(home)) return resolve(home)
  throw invalid("GEARTRAIN_HOME", home, {
    is: "it is not an absolute path",
    hint: `Write the whole path: export GEARTRAIN_HOME=${resolve(home)}`,
  })
}

/** @see ports, `Provider.name` */
function providerName(environment: Environment): string | undefined {
  const name = variable(environment, "GEARTRAIN_PROVIDER")
  if (name === undefined || /^[a-z][a-z0-9-]{0,63}$/.test(name)) return name
  throw invalid("GEARTRAIN_PROVIDER", name, {
    is: "it is no name of a provider: lower-case letters, digits and -",
    hint: "See which providers there are: gear doctor",
  })
}

function readImageLimits(environment: Environment): ImageLimitSettings | undefined {
  const name = "GEARTRAIN_IMAGE_LIMITS"
  const text = variable(environment, name)
  if (text === undefined) return undefined
  try {
    return parseImageLimits(text.split(","), name)
  } catch (error) {
    if (!isGeartrainError(error, "USAGE")) throw error
    throw new GeartrainError("SETTINGS_INVALID", error.message, {
      details: { variable: name, value: text },
      hint: "Write it as entries=2000000,size=200g: gear help import",
      cause: error,
    })
  }
}

function wantsFreshInputs(environment: Environment): boolean {
  const value = variable(environment, "GEARTRAIN_INPUT_DIGESTS") ?? "recall"
  if (value === "recall" || value === "fresh") return value === "fresh"
  throw invalid("GEARTRAIN_INPUT_DIGESTS", value, {
    is: "there are recall and fresh",
    hint: "Have every input read in every job: export GEARTRAIN_INPUT_DIGESTS=fresh",
  })
}

function invalid(name: string, value: string, why: { readonly is: string; readonly hint: string }): GeartrainError {
  return new GeartrainError("SETTINGS_INVALID", `Cannot use ${name} "${value}": ${why.is}`, {
    details: { variable: name, value },
    hint: why.hint,
  })
}
