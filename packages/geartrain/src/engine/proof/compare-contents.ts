import type { Digest, JobRecord } from "@geartrain/spec"
import { compareFiles } from "../../formats/compare-files.ts"
import type { FileComparison } from "../../formats/file-comparison.ts"
import type { Stores } from "../engine-ports.ts"
import { blobSource } from "./file-sources.ts"

/** How one output of two jobs differs. */
export interface OutputComparison {
  readonly path: string
  /** Absent where the bytes of a side are no longer stored. */
  readonly comparison?: FileComparison
  /** Those bytes. */
  readonly missing?: readonly Digest[]
}

/**
 * Compares the outputs that two jobs have under one name with different bytes, each by its format, in the order of their paths.
 *
 * @param most  How many are compared; the reading of each may take long.
 */
export async function compareContents(
  a: Pick<JobRecord, "outputs">,
  b: Pick<JobRecord, "outputs">,
  { stores, most }: { readonly stores: Pick<Stores, "blobs">; readonly most: number },
): Promise<readonly OutputComparison[]> {
  const there = new Map(b.outputs.map((output) => [output.path, output.digest]))
  const pairs = a.outputs.flatMap(({ path, digest }) => {
    const other = there.get(path)
    return other === undefined || other === digest ? [] : [{ path, digests: [digest, other] as const }]
  })
  const compared: OutputComparison[] = []
  for (const { path, digests } of pairs.toSorted((x, y) => (x.path < y.path ? -1 : 1)).slice(0, most))
    compared.push(await compareOne(path, digests, stores))
  return compared
}

async function compareOne(
  path: string,
  [a, b]: readonly [Digest, Digest],
  stores: Pick<Stores, "blobs">,
): Promise<OutputComparison> {
  const stored = await Promise.all([a, b].map((digest) => stores.blobs.stat(digest)))
  const missing = [a, b].filter((_, side) => stored[side] === undefined)
  if (missing.length > 0) return { path, missing }
  const source = (digest: Digest) => blobSource({ digest, name: path }, stores)
  return { path, comparison: await compareFiles(source(a), source(b)) }
}
