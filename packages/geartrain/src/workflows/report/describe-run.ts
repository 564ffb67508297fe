import { isEnded, type JobRecord } from "@geartrain/spec"
import type { CratedRun, CratedStepJob, CrateWitness } from "../../provenance/ro-crate/run/crated-run.ts"
import { svgOf } from "../picture/svg.ts"
import { workflowPicture } from "../picture/workflow-picture.ts"
import { deliveredFiles } from "./delivered-files.ts"
import type { AccountedJob, RunAccount } from "./run-account.ts"
import { traceLines } from "./trace-table.ts"

/** A run as a crate is made of it. */
export interface DescribedRun {
  readonly run: CratedRun
  /** Of all tries that have ended, each once. */
  readonly records: readonly JobRecord[]
  /** What the crate holds beside the jobs, by path. */
  readonly documents: ReadonlyMap<string, string>
}

/** Above this a picture is no help, and takes long to draw. */
const MOST_STEPS_DRAWN = 400

/**
 * Puts together what an RO-Crate tells of a run. The crate has the documents, the plan and a table of all tries beside the jobs:
 *
 *   workflow.json              the document of the whole
 *   workflows/⟨step⟩.json      those within
 *   workflow.svg               its picture
 *   run/plan.json, trace.tsv
 */
export function describeRun(account: RunAccount): DescribedRun {
  const { header, plan, view, jobs } = account
  const documentPaths = new Map(
    Object.keys(plan.documents).map((path, index) => [path, path === "" ? "workflow.json" : placeOf(path, index)]),
  )
  const documents = new Map(
    [...documentPaths].map(([path, place]) => [place, `${JSON.stringify(plan.documents[path], undefined, 2)}\n`]),
  )
  documents.set("run/plan.json", `${JSON.stringify(plan, undefined, 2)}\n`)
  documents.set("run/trace.tsv", `${[...traceLines(account)].join("\n")}\n`)
  const picture = workflowPicture(plan.documents)
  const isDrawn = picture.nodes.length <= MOST_STEPS_DRAWN
  if (isDrawn) documents.set(PICTURE_PATH, svgOf(picture))
  const records = new Map(jobs.flatMap(recordsOf).map((record) => [record.id, record]))
  return {
    records: [...records.values()],
    documents,
    run: {
      id: header.id,
      state: view.state,
      ...(view.why === undefined ? {} : { why: view.why }),
      ...(view.started === undefined ? {} : { started: view.started }),
      ...(view.ended === undefined ? {} : { ended: view.ended }),
      engine: plan.engine,
      documents: plan.documents,
      documentPaths,
      gears: plan.gears,
      parameters: plan.parameters,
      inputs: plan.inputs,
      outputs: new Map(
        [...deliveredFiles(account)].map(([name, files]) => [name, files === "skipped" ? [] : files] as const),
      ),
      jobs: jobs.map(stepJob),
      witnesses: WITNESSES,
      ...(isDrawn ? { picturePath: PICTURE_PATH } : {}),
    },
  }
}

const PICTURE_PATH = "workflow.svg"

const WITNESSES: readonly CrateWitness[] = [
  { path: "run/plan.json", name: "Plan that was carried out", type: "application/json" },
  { path: "run/trace.tsv", name: "All tries of all jobs", type: "text/tab-separated-values" },
]

/** A path of steps as the name of one file. */
function placeOf(path: string, index: number): string {
  const name = path.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 100)
  return `workflows/${index}-${name}.json`
}

function stepJob(job: AccountedJob): CratedStepJob {
  const { planned, state } = job
  return { key: planned.key, step: planned.step, state, tries: recordsOf(job).map(({ id }) => id) }
}

/** Of a job that was not tried, the record of what is reused. */
function recordsOf({ tries, record }: AccountedJob): readonly JobRecord[] {
  const tried = tries.flatMap((each) => each.record ?? [])
  const all = tried.length > 0 || record === undefined ? tried : [record]
  return all.filter(({ state }) => isEnded(state))
}
