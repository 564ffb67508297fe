import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { RunEvent } from "@geartrain/spec/workflow"
import { writeAtomically } from "../../system/atomic-write.ts"
import { type FileHandle, open, readFile, rename, rm } from "../../system/files.ts"
import { type HeldFolder, holdFolder } from "../../system/hold-folder.ts"
import { lifeOf, ownIdentity, type ProcessIdentity } from "../../system/host.ts"
import { randomHex } from "../../system/random.ts"
import { systemCode } from "../../system/system-code.ts"
import { eventsFile } from "./run-folder.ts"

/** The events of a run, for the one process that writes them. */
export interface RunJournal {
  /** Writes an event down soon, in the order of the calls. What goes wrong comes out of `settled`. */
  append(event: RunEvent): void
  /** Resolves when all events so far are where a killed process cannot take them with it. */
  settled(): Promise<void>
  /** Writes what is left, makes it durable, and lets the run go. */
  close(): Promise<void>
}

/**
 * Takes a run for this process alone, to write down what happens in it. The kernel gives it back when the process dies.
 *
 * A line that a killed process could not write whole is cut off.
 *
 * @throws {GeartrainError} WORKFLOW_RUN_BUSY when another process has it.
 */
export async function openJournal(folder: string): Promise<RunJournal> {
  const held = await holdRun(folder)
  try {
    await writeAtomically(ownerFile(folder), (owner) => owner.writeFile(`${JSON.stringify(ownIdentity())}\n`))
    const file = await open(eventsFile(folder), "a+", 0o600)
    await cutTornLine(file)
    return new FileJournal(file, folder, held)
  } catch (error) {
    await rm(ownerFile(folder), { force: true })
    held.release()
    throw error
  }
}

/**
 * Whether a process that lives has the run. Whoever looks takes nothing, so that nobody who wants the run at this moment is told that it is busy;
 * only where the owner is of another machine the lock itself tells.
 */
export async function isRunHeld(folder: string): Promise<boolean> {
  const owner = await readOwner(folder)
  if (owner === undefined) return false
  const life = owner === "unreadable" ? "unknown" : lifeOf(owner)
  return life === "unknown" ? await isLocked(folder) : life === "alive"
}

function ownerFile(folder: string): string {
  return `${folder}/owner.json`
}

async function readOwner(folder: string): Promise<ProcessIdentity | "unreadable" | undefined> {
  try {
    const { pid, startTime, host } = JSON.parse(await readFile(ownerFile(folder), "utf8")) as Partial<ProcessIdentity>
    const isWhole = typeof pid === "number" && typeof startTime === "string" && typeof host === "string"
    return isWhole ? { pid, startTime, host } : "unreadable"
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    if (error instanceof SyntaxError) return "unreadable"
    throw error
  }
}

async function isLocked(folder: string): Promise<boolean> {
  try {
    const held = await holdFolder(folder, "run")
    held.release()
    return false
  } catch (error) {
    if (isGeartrainError(error, "FOLDER_IN_USE")) return true
    throw error
  }
}

/**
 * Forgets a run. What its jobs gave stays.
 *
 * @throws {GeartrainError} WORKFLOW_RUN_BUSY while a process has it.
 */
export async function removeRun(folder: string): Promise<void> {
  const held = await holdRun(folder)
  try {
    // Killed meanwhile, it leaves nothing that looks like a run.
    const removing = `${folder.slice(0, folder.lastIndexOf("/"))}/.${randomHex(6)}.tmp`
    await rename(folder, removing)
    await rm(removing, { recursive: true, force: true })
  } finally {
    held.release()
  }
}

async function holdRun(folder: string): Promise<HeldFolder> {
  try {
    return await holdFolder(folder, "run")
  } catch (cause) {
    if (!isGeartrainError(cause, "FOLDER_IN_USE")) throw cause
    const id = folder.slice(folder.lastIndexOf("/") + 1)
    throw new GeartrainError("WORKFLOW_RUN_BUSY", `Cannot take up run "${id}": another process is running it`, {
      details: { run: id },
      hint: `See what it does: gear workflow status ${id}`,
      cause,
    })
  }
}

/** So much is looked at from the end for the last whole line. */
const STRETCH = 64 * 1024

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - STRETCH)
    const piece = Buffer.alloc(end - from)
    await file.read(piece, 0, piece.length, from)
    const newline = piece.lastIndexOf(0x0a)
    if (newline >= 0) {
      if (from + newline + 1 < size) await file.truncate(from + newline + 1)
      return
    }
    end = from
  }
  if (size > 0) await file.truncate(0)
}

class FileJournal implements RunJournal {
  readonly #file: FileHandle
  readonly #folder: string
  readonly #held: HeldFolder
  #lines: string[] = []
  #writing: Promise<void> | undefined
  #failure: unknown

  constructor(file: FileHandle, folder: string, held: HeldFolder) {
    this.#file = file
    this.#folder = folder
    this.#held = held
  }

  append(event: RunEvent): void {
    this.#lines.push(`${JSON.stringify(event)}\n`)
    this.#writing ??= this.#writeAll()
  }

  async settled(): Promise<void> {
    await this.#writing
    if (this.#failure !== undefined) throw this.#failure
  }

  async close(): Promise<void> {
    try {
      await this.settled()
      await this.#file.sync()
    } finally {
      await this.#file.close()
      await rm(ownerFile(this.#folder), { force: true })
      this.#held.release()
    }
  }

  async #writeAll(): Promise<void> {
    try {
      // Events of one moment are one write.
      await Promise.resolve()
      while (this.#lines.length > 0) {
        const text = this.#lines.join("")
        this.#lines = []
        await this.#file.appendFile(text)
      }
    } catch (error) {
      this.#failure = error
    } finally {
      this.#writing = undefined
    }
  }
}
