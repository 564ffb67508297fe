import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Absolute folder of what can be made again. In a file of its own, since it is needed before anything else is loaded. */
export function cacheFolder(environment: Environment = process.env): string {
  return join(xdgFolder(environment, "XDG_CACHE_HOME", ".cache"), "geartrain")
}

/** @see XDG Base Directory Specification 0.8: "All paths set in these environment variables must be absolute", others are ignored. */
export function xdgFolder(environment: Environment, name: string, fallback: string): string {
  const folder = variable(environment, name)
  return folder !== undefined && isAbsolute(folder) ? resolve(folder) : join(userHome(environment), fallback)
}

function userHome(environment: Environment): string {
  const home = variable(environment, "HOME")
  return home !== undefined && isAbsolute(home) ? home : homedir()
}

/** A variable that is empty counts as not set. */
export function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name]
  return value === "" ? undefined : value
}
