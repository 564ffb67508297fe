import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { makePlan, type PlanWish } from "../../../compose/workflows/make-plan.ts"
import type { Settings } from "../../../settings/settings.ts"
import type { MadePlan } from "../../../workflows/plan/plan-workflow.ts"
import { shellWord } from "../../output/shell-word.ts"
import type { Workplace } from "./workplace.ts"

/**
 * Plans a workflow for who carries it out.
 *
 * @throws {GeartrainError} as `makePlan`; where gears are not on the server, with what brings all of them there.
 */
export async function planAt(
  place: Workplace,
  wish: PlanWish,
  { settings, isForServer }: { readonly settings: Settings; readonly isForServer: boolean },
): Promise<MadePlan> {
  try {
    return await makePlan(wish, { jobs: place.planning, history: place.history, settings, isForServer })
  } catch (error) {
    const missing = place.missing()
    if (missing.length === 0 || !isGeartrainError(error)) throw error
    throw new GeartrainError(error.code, error.message, {
      details: error.details,
      hint: `Bring the gears there: ${missing.map((gear) => `gear push ${shellWord(gear)}`).join(" && ")}`,
      cause: error,
    })
  }
}
