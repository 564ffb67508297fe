import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type BusyboxGear, manifestOf } from "./busybox-gear.ts"
import { findHostProgram, type HostProgram, hostPython, makeHostRoot } from "./host-root.ts"

/** All that the small gears of tests call. */
const PROGRAMS = ["bash", "cat", "date", "env", "head", "mktemp", "perl", "shuf", "sleep", "sort"]

/** Why gears of this machine's own programs cannot be made here, or undefined when they can. */
export function hostGearMissing(): string | undefined {
  const missing = PROGRAMS.filter((name) => findHostProgram(name) === undefined)
  if (missing.length > 0) return `needs ${missing.join(", ")}`
  return hostPython() === undefined ? "needs python3" : undefined
}

/** Makes a folder with a whole gear in it: programs of this machine, linked to its C library as most are, and a manifest. */
export function makeHostGear(folder: string, gear: BusyboxGear): string {
  if (!existsSync(folder)) makeHostRoot(folder, [...PROGRAMS.map(programOf), ...[hostPython()].filter(isThere)])
  writeFileSync(join(folder, "flywheel/v0/manifest.json"), `${JSON.stringify(manifestOf(gear), undefined, 2)}\n`)
  return folder
}

function programOf(name: string): HostProgram {
  return { path: findHostProgram(name) ?? name, name }
}

function isThere(program: HostProgram | undefined): program is HostProgram {
  return program !== undefined
}
