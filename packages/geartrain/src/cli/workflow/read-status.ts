import { foldRun, type RunHeader, type RunView } from "../../workflows/run/fold-run.ts"
import { readRun } from "../../workflows/run/run-folder.ts"
import { isRunHeld } from "../../workflows/run/run-journal.ts"

/** A run as it stands. */
export interface RunStatus {
  readonly folder: string
  readonly header: RunHeader
  readonly view: RunView
  /** `interrupted`: it says that it runs, and no process has it. */
  readonly state: RunView["state"] | "interrupted" | "planned"
}

export async function readStatus(folder: string): Promise<RunStatus> {
  const { header, plan, events } = await readRun(folder)
  const view = foldRun(plan, events)
  const isHeld = await isRunHeld(folder)
  if (view.state !== "running" || isHeld) return { folder, header, view, state: view.state }
  return { folder, header, view, state: events.length === 0 ? "planned" : "interrupted" }
}
