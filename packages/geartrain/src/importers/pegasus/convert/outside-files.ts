import type { WorkflowInput } from "@geartrain/spec/workflow"
import { replicaFinder } from "../catalogs/find-replica.ts"
import type { Replica, ReplicaCatalog } from "../catalogs/replica-catalog.ts"
import { namer } from "./convert-names.ts"
import { localReplica } from "./local-path.ts"
import type { TakenOver } from "./take-over.ts"

/** A file of this machine that a catalog has a checksum of. */
export interface CheckedFile {
  readonly lfn: string
  readonly path: string
  readonly sha256: string
}

/** A file that is read and that no job writes, as an input of the workflow. */
export interface OutsideFile {
  readonly name: string
  /** What it is called where it lies; its logical name, where that is not known. */
  readonly path: string
  readonly hasDefault: boolean
}

/** Files that are read and not written, as they are asked for. */
export interface OutsideFiles {
  /** The input for a file, which is one of the workflow's from now on. */
  inputFor(lfn: string): OutsideFile
  /** It is an input already, or a catalog tells where it is. */
  has(lfn: string): boolean
  readonly byLfn: ReadonlyMap<string, OutsideFile>
  readonly inputs: Readonly<Record<string, WorkflowInput>>
  readonly checks: readonly CheckedFile[]
}

/** @param fed  Files that a workflow around this one gives it, whatever a catalog says. */
export function collectOutsideFiles({
  replicas,
  fed,
  title,
  rows,
}: {
  readonly replicas: ReplicaCatalog
  readonly fed: ReadonlySet<string>
  readonly title: string
  readonly rows: TakenOver[]
}): OutsideFiles {
  const find = replicaFinder(replicas)
  const nameOf = namer("_-", { most: 60, letterFirst: true })
  const byLfn = new Map<string, OutsideFile>()
  const inputs: Record<string, WorkflowInput> = {}
  const checks: CheckedFile[] = []
  const add = (lfn: string): OutsideFile => {
    const replica = fed.has(lfn) ? undefined : find(lfn)
    const path = localReplica(replica)
    const outside = { name: nameOf(lfn), path: path ?? lfn, hasDefault: path !== undefined }
    byLfn.set(lfn, outside)
    inputs[outside.name] = { description: lfn, ...(path === undefined ? {} : { default: path }) }
    if (!fed.has(lfn)) rows.push(rowOf(lfn, `Input ${outside.name} of ${title}`, { replica, path }))
    if (replica?.sha256 !== undefined && path !== undefined) checks.push({ lfn, path, sha256: replica.sha256 })
    return outside
  }
  return {
    inputFor: (lfn) => byLfn.get(lfn) ?? add(lfn),
    has: (lfn) => byLfn.has(lfn) || fed.has(lfn) || find(lfn) !== undefined,
    byLfn,
    inputs,
    checks,
  }
}

function rowOf(
  lfn: string,
  input: string,
  { replica, path }: { readonly replica: Replica | undefined; readonly path: string | undefined },
): TakenOver {
  const what = `file ${lfn}`
  if (path !== undefined) return { what, taken: "yes", how: `${input}, by default ${path}` }
  const where =
    replica === undefined ? "no replica catalog has it" : `it lies at ${replica.pfns.map(({ pfn }) => pfn).join(", ")}`
  return { what, taken: "changed", how: `${input}, to be given: ${where}` }
}
