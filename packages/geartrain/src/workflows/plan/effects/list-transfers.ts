import type { KnownFile, PlannedInput, PlannedJob, PlannedTransfer } from "@geartrain/spec/workflow"
import { pick } from "../../orders/take-inputs.ts"
import type { Facts } from "../expand/scope.ts"

/**
 * What has to move: files from outside that a job reads which may run, each once by its digest with all places that it lies at, and what the workflow
 * delivers. Between jobs nothing moves: what one made is where the next one reads it.
 */
export function listTransfers(
  jobs: readonly PlannedJob[],
  given: { readonly outputs: Readonly<Record<string, PlannedInput>>; readonly facts: Facts },
): readonly PlannedTransfer[] {
  return [
    ...stageIn(jobs),
    ...Object.entries(given.outputs).flatMap(([name, output]) => stageOut(name, output, given.facts)),
  ]
}

function stageIn(jobs: readonly PlannedJob[]): readonly PlannedTransfer[] {
  const files = new Map<string, { readonly file: KnownFile; readonly sources: Set<string> }>()
  for (const { inputs, action } of jobs) {
    if (action !== "run" && action !== "await") continue
    for (const { parts } of Object.values(inputs)) {
      for (const part of parts ?? []) {
        if (!("digest" in part) || part.path === undefined) continue
        const known = files.get(part.digest)
        const source = part.path
        if (known === undefined) files.set(part.digest, { file: part, sources: new Set([source]) })
        else known.sources.add(source)
      }
    }
  }
  return [...files.values()].map(({ file: { digest, name, sizeBytes }, sources }) => ({
    kind: "stage-in",
    digest,
    name,
    sizeBytes,
    // A copy that the store has is as good, and tried last: it is the one that a collection of garbage may take.
    sources: [...sources, `store:${digest}`],
    to: "box",
  }))
}

function stageOut(name: string, { parts }: PlannedInput, facts: Facts): readonly PlannedTransfer[] {
  const to = `outputs/${name}`
  return (parts ?? []).flatMap((part): readonly PlannedTransfer[] => {
    if ("digest" in part) return [delivered(part, to)]
    if ("step" in part)
      return [{ kind: "stage-out", name: part.output ?? part.files ?? "*", sources: [`step:${part.step}`], to }]
    return part.jobs.flatMap((key): readonly PlannedTransfer[] => {
      const outputs = facts.outputsOf(key)
      if (outputs === "skipped") return []
      if (outputs !== undefined) return pick(outputs, part).map((file) => delivered(file, to))
      return [{ kind: "stage-out", name: part.output ?? part.files ?? "*", sources: [`job:${key}`], to }]
    })
  })
}

function delivered({ name, digest, sizeBytes, path }: KnownFile, to: string): PlannedTransfer {
  const source = path === undefined ? `store:${digest}` : path
  return { kind: "stage-out", digest, name, sizeBytes, sources: [source], to }
}
