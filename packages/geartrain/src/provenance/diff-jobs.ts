import type { JobRecord } from "@geartrain/spec"
import { compareOutputs } from "./compare-outputs.ts"
import {
  differenceOf,
  differingMembers,
  differingProvider,
  differingValue,
  diffInvocations,
  type JobDifference,
} from "./diff-invocations.ts"

/** Lists in what two jobs differ, what decides the result first, then where and how they ran, then what came out. */
export function diffJobs(a: JobRecord, b: JobRecord): readonly JobDifference[] {
  return [
    ...diffInvocations(a, b),
    ...differingProvider(a, b),
    ...differingMembers("limits", { ...a.limits }, { ...b.limits }),
    ...differingValue("exit", a.exit?.code ?? null, b.exit?.code ?? null),
    ...compareOutputs(a, b).map(({ path, here, there }) => differenceOf("output", path, { a: here, b: there })),
  ]
}
