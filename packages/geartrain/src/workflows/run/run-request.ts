import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { createAtomically } from "../../system/atomic-write.ts"
import { readFile, rm } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import type { RunClock } from "./clock/run-clock.ts"

/** What somebody wants of a run that another process has: `pause` lets running jobs end, `cancel` ends them. */
export type RunRequest = "pause" | "cancel"

/** Leaves word for whoever runs it. A request to cancel stays where one to pause comes after it; what is no request goes. */
export async function leaveRequest(folder: string, request: RunRequest): Promise<void> {
  if (request === "cancel" || !(await isRequest(folder))) await clearRequest(folder)
  await createAtomically(requestFile(folder), `${JSON.stringify({ request })}\n`, { mode: 0o600 })
}

async function isRequest(folder: string): Promise<boolean> {
  try {
    return (await readRequest(folder)) !== undefined
  } catch (error) {
    if (isGeartrainError(error, "WORKFLOW_REQUEST_UNREADABLE")) return false
    throw error
  }
}

/** @throws {GeartrainError} WORKFLOW_REQUEST_UNREADABLE */
export async function readRequest(folder: string): Promise<RunRequest | undefined> {
  let text: string
  try {
    text = await readFile(requestFile(folder), "utf8")
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT") return undefined
    if (code === undefined) throw error
    throw unreadable(folder, code, error)
  }
  // It appears whole, so that what is none now will be none later.
  if (text === '{"request":"cancel"}\n') return "cancel"
  if (text === '{"request":"pause"}\n') return "pause"
  throw unreadable(folder, "it asks neither to pause nor to cancel")
}

function unreadable(folder: string, is: string, cause?: unknown): GeartrainError<"WORKFLOW_REQUEST_UNREADABLE"> {
  const file = requestFile(folder)
  return new GeartrainError("WORKFLOW_REQUEST_UNREADABLE", `Cannot follow the request in "${file}": ${is}`, {
    details: { file },
    hint: "Ask again, as the user who runs it: gear workflow cancel RUN",
    ...(cause === undefined ? {} : { cause }),
  })
}

/** How often another process's request is looked for. */
const LOOK_MS = 250

/** Who hears of requests. */
export interface RequestWatch {
  readonly onRequest: (request: RunRequest) => void
  /** Somebody asked for something, and nobody can tell what. Called once for each problem. */
  readonly onProblem: (error: unknown) => void
}

/** Looks for requests until one to cancel comes. @returns what ends it. */
export function watchRequests(folder: string, clock: RunClock, watch: RequestWatch): () => void {
  let isOver = false
  let stop: (() => void) | undefined
  let told: string | undefined
  const look = async (): Promise<void> => {
    let request: RunRequest | undefined
    try {
      request = await readRequest(folder)
      told = undefined
      if (request !== undefined && !isOver) watch.onRequest(request)
    } catch (error) {
      if (!isOver && told !== String(error)) watch.onProblem(error)
      told = String(error)
    }
    if (!isOver && request !== "cancel") wait()
  }
  const wait = (): void => {
    stop = clock.after(LOOK_MS, () => void look())
  }
  wait()
  return () => {
    isOver = true
    stop?.()
  }
}

/** Done by whoever takes a run up: what was asked before is done. */
export async function clearRequest(folder: string): Promise<void> {
  await rm(requestFile(folder), { force: true })
}

function requestFile(folder: string): string {
  return `${folder}/request.json`
}
