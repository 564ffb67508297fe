import type { InvocationDigest } from "@geartrain/spec"
import type { ReusableJob, WorkflowJobs } from "../workflow-jobs.ts"

/** An invocation that is wanted by somebody who may take these exit codes. */
interface Wanted {
  readonly digest: InvocationDigest
  readonly acceptExitCodes: readonly number[] | undefined
}

/**
 * Looks up jobs that may stand for those that are wanted, in one go for each set of exit codes that steps take: what one step takes as its
 * result is a failure to another, though both order the same.
 *
 * @returns what stands for it, for any of those that were wanted.
 */
export async function findReusable(
  wanted: Iterable<Wanted>,
  jobs: Pick<WorkflowJobs, "findSame">,
): Promise<(one: Wanted) => ReusableJob | undefined> {
  const groups = new Map<string, { readonly codes: readonly number[]; readonly digests: Set<InvocationDigest> }>()
  for (const { digest, acceptExitCodes = [] } of wanted) {
    const key = keyOf(acceptExitCodes)
    const group = groups.get(key) ?? { codes: acceptExitCodes, digests: new Set() }
    groups.set(key, group)
    group.digests.add(digest)
  }
  const found = new Map<string, ReadonlyMap<InvocationDigest, ReusableJob>>()
  for (const [key, { codes, digests }] of groups) found.set(key, await jobs.findSame([...digests], codes))
  return ({ digest, acceptExitCodes = [] }) => found.get(keyOf(acceptExitCodes))?.get(digest)
}

/** Whether two take the same exit codes. */
export function takesSameCodes(a: readonly number[] = [], b: readonly number[] = []): boolean {
  return keyOf(a) === keyOf(b)
}

function keyOf(codes: readonly number[]): string {
  return codes.length < 2 ? codes.join() : codes.toSorted((a, b) => a - b).join()
}
