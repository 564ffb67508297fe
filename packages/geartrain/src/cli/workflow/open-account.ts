import type { JobId, JobRecord } from "@geartrain/spec"
import type { Engine } from "../../compose/open-engine.ts"
import type { RunAccount } from "../../workflows/report/run-account.ts"
import type { Context } from "../command.ts"

/**
 * Reads a run with the records of its jobs, and lets the engine go when all is done.
 *
 * @param word  A run's id, its beginning, or `latest`.
 * @throws {GeartrainError} WORKFLOW_RUN_NOT_FOUND, WORKFLOW_RUN_AMBIGUOUS, WORKFLOW_RUN_DAMAGED
 */
export async function withAccount<Result>(
  context: Context,
  word: string,
  use: (account: RunAccount, engine: Engine) => Promise<Result>,
): Promise<Result> {
  const settings = context.settings()
  const [{ openEngine }, { findRun, readRun }, { foldRun }, { jobsOf, runAccount }] = await Promise.all([
    import("../../compose/open-engine.ts"),
    import("../../workflows/run/run-folder.ts"),
    import("../../workflows/run/fold-run.ts"),
    import("../../workflows/report/run-account.ts"),
  ])
  const run = await readRun(await findRun(`${settings.home}/runs`, word))
  const view = foldRun(run.plan, run.events)
  const engine = await openEngine(settings, {})
  try {
    const records = new Map<JobId, JobRecord>()
    for (const id of jobsOf(view)) {
      const record = await engine.jobs.get(id)
      if (record !== undefined) records.set(id, record)
    }
    return await use(runAccount({ ...run, view }, records), engine)
  } finally {
    await engine.close()
  }
}
