import { delay, monotonicMs } from "../../system/clock.ts"
import { findRun } from "../../workflows/run/run-folder.ts"
import { isRunHeld } from "../../workflows/run/run-journal.ts"
import { leaveRequest, type RunRequest } from "../../workflows/run/run-request.ts"
import type { CommandResult, Context, Given } from "../command.ts"
import { EXIT_CODES } from "../output/exit-codes.ts"
import { readStatus } from "./read-status.ts"

const POLL_MS = 100

/** Asks the process that has a run for something, and waits until it has let it go. */
export async function askRun({ reply, settings }: Context, given: Given, request: RunRequest): Promise<CommandResult> {
  const [word = ""] = given.words
  const folder = await findRun(`${settings().home}/runs`, word)
  const isHeld = await isRunHeld(folder)
  if (isHeld) {
    await leaveRequest(folder, request)
    if (!given.has("no-wait")) await waitUntilFree(folder, PATIENCE_MS[request])
  }
  const { header, state } = await readStatus(folder)
  const isAsked = isHeld && state === "running"
  reply.print(`${reply.id(header.id)}  ${isAsked ? `asked to ${request}` : state}`)
  const data = { run: header.id, state, asked: isHeld }
  if (isHeld) return { data }
  const error = {
    code: "RUN_NOT_RUNNING",
    message: `No process is running run ${header.id}: it is ${state}`,
    fix: `gear workflow resume ${header.id}`,
    docs: "gear help workflow resume",
    culprit: "user",
    retryable: false,
  }
  return { data, exitCode: EXIT_CODES.PRECONDITION, error }
}

/** Whoever pauses may have jobs that run for days. */
const PATIENCE_MS = { pause: 5_000, cancel: 60_000 } as const

async function waitUntilFree(folder: string, patienceMs: number): Promise<void> {
  const start = monotonicMs()
  while ((await isRunHeld(folder)) && monotonicMs() - start < patienceMs) await delay(POLL_MS)
}
