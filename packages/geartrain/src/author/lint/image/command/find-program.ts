import { posix } from "node:path"
import type { ViewedEntry } from "@geartrain/ports"
import { DEFAULT_PATH, flywheelMembers, GEAR_FOLDER, isUserId } from "@geartrain/spec"
import type { LintedImage } from "../linted-image.ts"

/** What a name of a program leads to. */
export type FoundProgram =
  | { readonly found: ViewedEntry }
  /** `unknown`: it may lie where only the whole image tells. */
  | { readonly missing: "certain" | "unknown" }

/**
 * Finds the program that a word means where a gear runs: a path from its folder, or a name on its PATH.
 *
 * @param word  As it stands in a command or after `#!`.
 */
export function findProgram(word: string, image: LintedImage): FoundProgram {
  if (word.includes("/")) return findPath(posix.resolve(GEAR_FOLDER, word), image)
  let certainty: "certain" | "unknown" = "certain"
  for (const folder of pathOf(image)) {
    const program = findPath(posix.resolve(GEAR_FOLDER, folder, word), image)
    if ("found" in program) {
      // The shell goes on to the next folder when what it found may not be started.
      if (program.found.type === "file" && isExecutable(program.found, image)) return program
      continue
    }
    if (program.missing === "unknown") certainty = "unknown"
  }
  return { missing: certainty }
}

function findPath(path: string, image: LintedImage): FoundProgram {
  const found = image.tree.find(path)
  if (found !== undefined) return { found }
  return { missing: image.scope === "image" ? "certain" : "unknown" }
}

/** The folders in which a gear's programs are looked for. */
export function pathOf({ manifest }: LintedImage): readonly string[] {
  return (manifest?.environment?.["PATH"] ?? DEFAULT_PATH).split(":")
}

/** Whether the user that the gear runs as may start a file. Root may where anybody may. */
export function isExecutable(entry: ViewedEntry, { manifest }: LintedImage): boolean {
  const { uid, gid } = userOf(manifest)
  if (uid === 0) return (entry.mode & 0o111) !== 0
  if (uid === entry.uid) return (entry.mode & 0o100) !== 0
  return (entry.mode & (gid === entry.gid ? 0o010 : 0o001)) !== 0
}

/** The user that a gear runs as: root, unless its manifest names another. */
export function userOf(manifest: LintedImage["manifest"]): { readonly uid: number; readonly gid: number } {
  const { uid, gid } = flywheelMembers(manifest ?? {})
  return { uid: isUserId(uid ?? 0) ? Number(uid ?? 0) : 0, gid: isUserId(gid ?? 0) ? Number(gid ?? 0) : 0 }
}
