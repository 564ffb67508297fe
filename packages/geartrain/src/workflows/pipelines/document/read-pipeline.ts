import { dirname, resolve } from "node:path"
import type { Gear } from "@geartrain/spec"
import { readDuration, readSize } from "@geartrain/spec/additions"
import { PIPELINE_SCHEMA } from "@geartrain/spec/schemas"
import type { Pipeline } from "@geartrain/spec/workflow"
import { checkDocument } from "../../../documents/check-document.ts"
import { openPipelineFile } from "../../../documents/open-pipeline.ts"
import { type DocumentFault, documentFaults } from "../../../documents/read-yaml.ts"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import { checkGear } from "./check-gear.ts"
import { checkInput, checkNames } from "./check-input.ts"
import { folderInputs, inputName } from "./input-tree.ts"
import { readPlace } from "./place-text.ts"

/** A pipeline that was checked as a whole. */
export interface CheckedPipeline {
  readonly file: string
  /** What paths in it go from. */
  readonly folder: string
  readonly pipeline: Pipeline
  readonly gear: Gear
  readonly recoverGear?: Gear
}

/**
 * Reads a pipeline and holds it against the manifest of its gear.
 *
 * @throws {GeartrainError} PIPELINE_INVALID with every fault at its line; GEAR_NOT_FOUND.
 */
export async function readPipeline(file: string, jobs: Pick<WorkflowJobs, "resolveGear">): Promise<CheckedPipeline> {
  const document = await openPipelineFile(file)
  const pipeline = checkDocument<Pipeline>(document, PIPELINE_SCHEMA)
  const faults = [...checkInput(pipeline.input), ...checkAmounts(pipeline)]
  // Names of inputs are read of what a glob and a folder say, which have to be there.
  if (faults.length === 0) faults.push(...checkNames(pipeline.input), ...checkPlace(pipeline))
  if (faults.length > 0) throw documentFaults(document, faults)
  const folder = dirname(resolve(file))
  const gear = await jobs.resolveGear(pipeline.gear, folder)
  const unfit = checkGear(pipeline, gear)
  if (unfit.length > 0) throw documentFaults(document, unfit)
  const { recover } = pipeline
  const recoverGear = typeof recover === "object" ? await jobs.resolveGear(recover.gear, folder) : undefined
  return { file, folder, pipeline, gear, ...(recoverGear === undefined ? {} : { recoverGear }) }
}

function checkAmounts({ resources }: Pipeline): readonly DocumentFault[] {
  const faults: DocumentFault[] = []
  for (const name of ["memory", "disk"] as const) {
    const text = resources?.[name]
    if (text === undefined || readSize(text) !== undefined) continue
    faults.push({ path: ["resources", name], problem: `"${text}" is no size`, fix: "Write it as 8g" })
  }
  if ((resources?.gpu ?? 0) > 0) {
    const problem = "no provider offers graphics processors to gears here"
    faults.push({ path: ["resources", "gpu"], problem, fix: "Remove it if the gear does without" })
  }
  const time = resources?.time
  if (time !== undefined && readDuration(time) === undefined) {
    faults.push({ path: ["resources", "time"], problem: `"${time}" is no duration`, fix: "Write it as 2h" })
  }
  return faults
}

function checkPlace({ place, input }: Pipeline): readonly DocumentFault[] {
  const names = new Set(folderInputs(input).map(inputName))
  const faults: DocumentFault[] = []
  const parts = readPlace(place ?? "")
  for (const part of parts) {
    if (typeof part === "string" || names.has(part.input)) continue
    faults.push({
      path: ["place"],
      problem: `there is no input "${part.input}"`,
      fix: `Write ${[...names].map((name) => `\${${name}}`).join(" or ")}`,
    })
  }
  const fixed = parts.map((part) => (typeof part === "string" ? part : "x")).join("")
  if (fixed.startsWith("/") || fixed.split("/").some((name) => name === ".." || name === ".")) {
    faults.push({
      path: ["place"],
      problem: "it leads out of the output folder",
      fix: "Write a path without .. and . in it",
    })
  }
  return faults
}
