import type { JobId, JobRecord } from "@geartrain/spec"
import type { Engine } from "../../compose/open-engine.ts"
import type { RunAccount } from "../../workflows/report/run-account.ts"
import type { RunHeader } from "../../workflows/run/fold-run.ts"
import type { Context } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import type { RunRecords } from "./place/workplace.ts"

/** What an account is read with. */
export interface AccountMeans {
  readonly engine: Engine
  readonly records: RunRecords
}

/** So many records are read at one time: those that a server has take a request each. */
const AT_ONCE = 8

/**
 * Reads a run with the records of its jobs, and lets the engine go when all is done. Records of jobs that a server carried out lie with the run; those
 * that do not are asked of the server, where it can be reached.
 *
 * @param word  A run's id, its beginning, or `latest`.
 * @throws {GeartrainError} WORKFLOW_RUN_NOT_FOUND, WORKFLOW_RUN_AMBIGUOUS, WORKFLOW_RUN_DAMAGED
 */
export async function withAccount<Result>(
  context: Context,
  word: string,
  use: (account: RunAccount, means: AccountMeans) => Promise<Result>,
): Promise<Result> {
  const settings = context.settings()
  const [{ openEngine }, { inTurns }, { findRun, readRun }, { foldRun }, { jobsOf, runAccount }] = await Promise.all([
    import("../../compose/open-engine.ts"),
    import("../../archive/transfer/in-turns.ts"),
    import("../../workflows/run/run-folder.ts"),
    import("../../workflows/run/fold-run.ts"),
    import("../../workflows/report/run-account.ts"),
  ])
  const run = await readRun(await findRun(`${settings.home}/runs`, word))
  const view = foldRun(run.plan, run.events)
  const engine = await openEngine(settings, {})
  try {
    const records = await recordsOf(context, run, engine)
    const found = new Map<JobId, JobRecord>()
    await inTurns(jobsOf(view), AT_ONCE, async (id) => {
      const record = await records.get(id)
      if (record !== undefined) found.set(id, record)
    })
    return await use(runAccount({ ...run, view }, found), { engine, records })
  } finally {
    await engine.close()
  }
}

async function recordsOf(
  context: Context,
  { header, folder }: { readonly header: RunHeader; readonly folder: string },
  engine: Engine,
): Promise<RunRecords> {
  if (header.server === undefined) {
    const { machineRecords } = await import("./place/machine-place.ts")
    return machineRecords(engine)
  }
  const { distantRecords } = await import("./place/distant-records.ts")
  const { reply } = context
  return distantRecords({ server: header.server, folder }, context.settings(), (says) => reply.warn(escapeText(says)))
}
