import type { KnownFile } from "@geartrain/spec/workflow"
import { takeFiles } from "../orders/take-inputs.ts"
import type { RunAccount } from "./run-account.ts"

/** What the workflow's outputs are, as far as they are there, by name; `skipped` where all that one is made of was left out. */
export function deliveredFiles({
  plan,
  jobs,
  view,
}: RunAccount): ReadonlyMap<string, readonly KnownFile[] | "skipped"> {
  const byKey = new Map(jobs.map((job) => [job.planned.key, job]))
  return new Map(
    Object.entries(plan.outputs).map(([name, output]) => [
      name,
      takeFiles(output, {
        outputsOf: (key) => {
          const job = byKey.get(key)
          if (job?.state === "skipped") return "skipped"
          return job?.state === "complete" || job?.state === "reused" ? (job.record?.outputs ?? []) : []
        },
        keysOf: (step) => view.opened.get(step)?.keys ?? [],
      }),
    ]),
  )
}
