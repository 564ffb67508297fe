import { createAtomically } from "../../system/atomic-write.ts"
import { readFile, rm } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

/** What somebody wants of a run that another process has: `pause` lets running jobs end, `cancel` ends them. */
export type RunRequest = "pause" | "cancel"

/** Leaves word for whoever runs it. A request to cancel stays where one to pause comes after it. */
export async function leaveRequest(folder: string, request: RunRequest): Promise<void> {
  if (request === "cancel") await clearRequest(folder)
  await createAtomically(requestFile(folder), `${JSON.stringify({ request })}\n`, { mode: 0o600 })
}

export async function readRequest(folder: string): Promise<RunRequest | undefined> {
  try {
    const text = await readFile(requestFile(folder), "utf8")
    return text.includes('"cancel"') ? "cancel" : text.includes('"pause"') ? "pause" : undefined
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}

/** Done by whoever takes a run up: what was asked before is done. */
export async function clearRequest(folder: string): Promise<void> {
  await rm(requestFile(folder), { force: true })
}

function requestFile(folder: string): string {
  return `${folder}/request.json`
}
