import type { Engine } from "../../../compose/open-engine.ts"
import { engineJobs } from "../../../compose/workflows/engine-jobs.ts"
import { planningJobs } from "../../../compose/workflows/planning-jobs.ts"
import type { Settings } from "../../../settings/settings.ts"
import { readTail } from "./read-tails.ts"
import type { RunRecords, Workplace } from "./workplace.ts"

/** Jobs of workflows on this machine. */
export function machinePlace(engine: Engine, settings: Settings): Workplace {
  const { history } = engine.stores
  const records = machineRecords(engine)
  return {
    planning: planningJobs(engine, settings),
    history,
    records,
    missing: () => [],
    open: async () => ({
      means: {
        ...{ jobs: engineJobs(engine, settings), history, home: settings.home },
        reconcile: async () => {
          const { reconcileJobs } = await import("../../../engine/life/reconcile-jobs.ts")
          await reconcileJobs(engine)
        },
      },
      records,
      deliver: async (outputs, to) => {
        const { deliverOutputs } = await import("../../../compose/workflows/deliver-outputs.ts")
        return await deliverOutputs(outputs, engine, to)
      },
      file: async () => undefined,
      close: () => undefined,
    }),
    close: () => engine.close(),
  }
}

export function machineRecords(engine: Engine): RunRecords {
  return {
    get: (id) => engine.jobs.get(id),
    tail: (id) => readTail(id, engine),
    commands: (id) => [`gear logs ${id}`, `gear debug ${id}`],
  }
}
