import type { JobGraph } from "../graph/job-graph.ts"
import type { JobKind, PlanFile, PlanJob } from "../jobs/plan-job.ts"
import type { TransferJob } from "./transfer-lanes.ts"

/** A job that the planner adds. @param site  Whose scratch folder it works on. */
export function auxiliaryJob(
  kind: JobKind,
  name: string,
  { site, files }: { readonly site?: string; readonly files: Iterable<string> },
): PlanJob {
  return {
    kind,
    name,
    id: name,
    transformation: `pegasus::${kind}`,
    profiles: {},
    inputs: new Map([...files].map((lfn) => [lfn, carried(lfn)])),
    outputs: new Map(),
    ...(site === undefined ? {} : { staging: site }),
  }
}

/** A transfer job, and the one that registers what it delivered. */
export function addTransferJob(
  graph: JobGraph<PlanJob>,
  { name, kind, site, files, registers, registerName }: TransferJob,
): void {
  if (files.size > 0) graph.add(name, auxiliaryJob(kind, name, { site, files }))
  if (registers.size === 0) return
  graph.add(registerName, auxiliaryJob("register", registerName, { files: [] }))
  if (files.size > 0) graph.link(name, registerName)
}

function carried(lfn: string): PlanFile {
  return { lfn, transfer: false, register: false, optional: false, executable: false, bypass: false }
}
