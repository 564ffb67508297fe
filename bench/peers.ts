import { accessSync, constants } from "node:fs"
import { join } from "node:path"

/** Tells whether a program that we compare with can be found. */
export function isInstalled(program: string): boolean {
  return `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":").some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      // Not in this folder.
      return false
    }
  })
}
