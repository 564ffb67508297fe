import { resolve } from "node:path"
import { GeartrainError, type JobRecord } from "@geartrain/spec"
import { tryOutputFolder } from "../../engine/life/try-output-folder.ts"
import { access, constants, readdir } from "../../system/files.ts"
import { sweepDrafts } from "../../system/linux/drafts.ts"
import { systemCode } from "../../system/system-code.ts"
import type { Given } from "../command.ts"
import { shortId } from "../output/reply.ts"

/** Where the outputs of a job go. */
export interface OutputPlan {
  /** `undefined`: they stay in the store. */
  readonly folderFor: ((record: JobRecord) => string) | undefined
  readonly force: boolean
}

/**
 * Decides where outputs go, and refuses what could not work before a gear has run for hours.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS when the folder has something in it; OUTPUT_FOLDER_UNUSABLE; USAGE.
 */
export async function planOutputs(given: Given): Promise<OutputPlan> {
  const named = given.text("output")
  const force = given.has("force")
  if (given.has("no-output")) {
    if (named === undefined) return { folderFor: undefined, force }
    throw new GeartrainError(
      "USAGE",
      `Cannot run with --no-output and --output "${named}": they contradict each other`,
      {
        hint: "Give one of the two",
      },
    )
  }
  if (named === undefined) {
    await refuseUnwritable(process.cwd())
    return { folderFor: (record) => `${record.gear.name}-${shortId(record.id)}`, force }
  }
  if (!force) await refuseFull(named)
  await tryOutputFolder(named)
  return { folderFor: () => named, force }
}

async function refuseUnwritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK)
  } catch (error) {
    throw new GeartrainError(
      "OUTPUT_FOLDER_UNUSABLE",
      `Cannot write outputs to "${folder}": this user may not write there`,
      {
        details: { folder },
        hint: "Name another folder with -o DIR, or keep the outputs in the store with --no-output",
        cause: error,
      },
    )
  }
}

async function refuseFull(folder: string): Promise<void> {
  // What a killed process has begun is not worth another name for the folder.
  await sweepDrafts(folder)
  const names = await namesIn(folder)
  if (names.length === 0) return
  throw new GeartrainError(
    "OUTPUT_EXISTS",
    `Cannot write outputs to "${folder}": the folder is not empty, it has "${names[0]}"`,
    {
      details: { folder: resolve(folder), found: names.slice(0, 10) },
      hint: "Name another folder with -o DIR, or overwrite with --force",
    },
  )
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const code = systemCode(error)
    // It will be made.
    if (code === "ENOENT") return []
    throw new GeartrainError(
      "OUTPUT_FOLDER_UNUSABLE",
      `Cannot write outputs to "${folder}": ${code === "ENOTDIR" ? "it is no folder" : code}`,
      {
        details: { folder },
        hint: "Name another folder: -o DIR",
        cause: error,
      },
    )
  }
}
