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
  let known = -1
  for (;;) {
    const { header, plan, events } = await readRun(folder)
    const view = foldRun(plan, events)
    if (view.state !== "running" || (await isRunHeld(folder))) return { folder, header, view, state: view.state }
    // It may have ended between the two looks. Where nothing was written since the last, nobody has it.
    if (events.length === known) return { folder, header, view, state: known === 0 ? "planned" : "interrupted" }
    known = events.length
  }
}
