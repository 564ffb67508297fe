import type { JobRecord } from "@geartrain/spec"
import type { FileComparison } from "../../formats/file-comparison.ts"
import { compareOutputs } from "../../provenance/compare-outputs.ts"
import { type Apart, numbersApart, toleranceFor } from "../../provenance/tolerance/numbers-apart.ts"
import type { Stores } from "../engine-ports.ts"
import { compareContents, type OutputComparison } from "../proof/compare-contents.ts"
import { blobSource } from "../proof/file-sources.ts"
import { textOf } from "../proof/judge-differences.ts"

/** In what one output of two runs differs. */
export interface DescribedDifference extends OutputComparison {
  /** Only one of the runs put it out. */
  readonly onlyIn?: "a" | "b"
  /** Nothing but numbers differs, by a hundredth of them at most, and under this absolute tolerance none does. */
  readonly within?: number
}

/** More outputs than that are counted, and not read. */
const MOST_READ = 20

/** Tells how each output of two runs differs, by what its format says it means. */
export async function describeDifferences(
  a: JobRecord,
  b: JobRecord,
  stores: Pick<Stores, "blobs">,
): Promise<readonly DescribedDifference[]> {
  const differences = compareOutputs(a, b)
  const compared = await compareContents(a, b, { stores, most: MOST_READ })
  return await Promise.all(
    differences.map(async ({ path, here, there }): Promise<DescribedDifference> => {
      if (here === undefined || there === undefined) return { path, onlyIn: here === undefined ? "b" : "a" }
      const { comparison } = compared.find((one) => one.path === path) ?? {}
      if (comparison === undefined) return { path }
      const apart = await apartBy({ path, comparison }, [here, there], stores)
      return { path, comparison, ...(isNear(apart) ? { within: toleranceFor(apart.absolute) } : {}) }
    }),
  )
}

/** A time of day, a date, or seconds since 1970 as they are in this decade and the next. */
const TIME = /\d{1,2}:\d{2}|\b(?:19|20)\d{2}-?\d{2}-?\d{2}\b|\b1[6-9]\d{8}(?:\d{3})?\b/

/** Whether a date or a time is among what differs: on both sides, at one place. */
export function looksLikeTime({ differences }: FileComparison): boolean {
  return differences.some(({ a = "", b = "" }) => TIME.test(a) && TIME.test(b))
}

/** Numbers that are farther apart are no rounding: they are other numbers, such as those of a date. */
const MOST_APART = 0.01

function isNear(apart: Apart | undefined): apart is Apart {
  return apart !== undefined && apart.absolute > 0 && apart.relative <= MOST_APART
}

async function apartBy(
  { path, comparison }: Required<Pick<OutputComparison, "path" | "comparison">>,
  digests: readonly JobRecord["outputs"][number]["digest"][],
  stores: Pick<Stores, "blobs">,
): Promise<Apart | undefined> {
  if (comparison.onlyNumbers === true && comparison.numbers !== undefined) {
    const { largestAbsolute, largestRelative } = comparison.numbers
    return { absolute: largestAbsolute, relative: largestRelative }
  }
  if (comparison.same || comparison.onlyOrder === true || looksLikeTime(comparison)) return undefined
  const [a, b] = await Promise.all(digests.map((digest) => textOf(blobSource({ digest, name: path }, stores), {})))
  return a === undefined || b === undefined ? undefined : numbersApart(a, b)
}
