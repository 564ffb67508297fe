import { GeartrainError } from "@geartrain/spec"
import type { AbstractJob } from "../workflow/abstract-workflow.ts"

/** What a workflow of Pegasus' has that no workflow of ours can. @param file  Of the workflow. */
export function notConvertible(file: string, problem: string, hint = "Take it over in parts"): GeartrainError {
  return new GeartrainError("PEGASUS_NOT_CONVERTIBLE", `Cannot take over "${file}": ${problem}`, {
    details: { file },
    hint,
  })
}

export function missingSubWorkflow(file: string, { id, name }: Pick<AbstractJob, "id" | "name">): GeartrainError {
  return new GeartrainError(
    "PEGASUS_FILE_MISSING",
    `Cannot take over "${file}": the workflow of ${id}, "${name}", is not on this machine`,
    {
      details: { file, job: id, lfn: name },
      hint: `Name the folder that it lies in, or a replica catalog that has it: --catalogs DIR`,
    },
  )
}
