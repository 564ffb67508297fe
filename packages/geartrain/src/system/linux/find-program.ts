import { accessSync, constants, realpathSync, statSync } from "node:fs"
import { plainEnvironment } from "../process.ts"

/**
 * Where a program lies, links resolved; undefined when it is not installed. Folders of administrators' tools are searched too, which an
 * ordinary user's PATH lacks.
 *
 * @param name  A name, or a path.
 */
export function findProgram(name: string): string | undefined {
  const places = name.includes("/")
    ? [name]
    : (plainEnvironment()["PATH"] ?? "").split(":").map((folder) => `${folder}/${name}`)
  const place = places.find((candidate) => candidate.startsWith("/") && isProgram(candidate))
  return place === undefined ? undefined : realpathSync(place)
}

function isProgram(path: string): boolean {
  try {
    // Asked for first, since what is not there is not thrown: an error costs more than all else here, and most places of a PATH have nothing.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us.
    return false
  }
}
