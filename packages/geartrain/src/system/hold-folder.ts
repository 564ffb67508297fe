import { GeartrainError } from "@geartrain/spec"
import { mkdir } from "./files.ts"

/** A folder that no other process of ours can have. */
export interface HeldFolder {
  release(): void
}

/**
 * Takes a folder for this process alone, and makes it if it is not there. The kernel gives it back when the process ends, however it ends.
 *
 * @param what  For people: what the folder is of, such as `server`.
 * @throws {GeartrainError} FOLDER_IN_USE when another process has it.
 * @see https://www.sqlite.org/lockingv3.html: an exclusive lock is one of fcntl(2), which Node itself has no way to ask for
 */
export async function holdFolder(folder: string, what: string): Promise<HeldFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { DatabaseSync } = await import("node:sqlite")
  const lock = new DatabaseSync(`${folder}/lock`)
  try {
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
  } catch (error) {
    lock.close()
    if (!/locked/.test(String(error))) throw error
    throw new GeartrainError("FOLDER_IN_USE", `Cannot use folder "${folder}": another ${what} has it`, {
      details: { folder },
      hint: `End the other ${what} first, or give this one a folder of its own`,
      cause: error,
    })
  }
  return { release: () => lock.close() }
}
