import type { Digest, GearManifest, Verification } from "@geartrain/spec"
import { type ComparisonRule, matchesFile, shownAdditions } from "@geartrain/spec/additions"
import { compareFiles } from "../../formats/compare-files.ts"
import { gunzip, isGzip } from "../../formats/containers/gunzip.ts"
import type { FileComparison } from "../../formats/file-comparison.ts"
import type { FileSource } from "../../formats/file-source.ts"
import { isText } from "../../formats/kinds/text.ts"
import { readWhole } from "../../formats/streams/read-whole.ts"
import { UnfitFile } from "../../formats/unfit-file.ts"
import { jsonLines } from "../../provenance/tolerance/compare-json.ts"
import { compareTexts } from "../../provenance/tolerance/compare-texts.ts"
import type { Stores } from "../engine-ports.ts"
import { blobSource } from "./file-sources.ts"

type Difference = Verification["differences"][number]

/** A larger text is not compared under a rule: it counts as different. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024

/**
 * Tells whether outputs that have other bytes are equivalent: alike but for what the gear's manifest declares as free, in
 * `custom.geartrain.compare`. An output that no rule is about has to have the same bytes.
 */
export async function areEquivalent(
  differences: readonly Difference[],
  manifest: GearManifest,
  stores: Pick<Stores, "blobs">,
): Promise<boolean> {
  const rules = shownAdditions(manifest).compare ?? []
  for (const difference of differences) {
    const rule = rules.find(({ files }) => files.some((pattern) => matchesFile(pattern, difference.path)))
    if (rule === undefined || !(await isWithin(difference, rule, stores))) return false
  }
  return true
}

async function isWithin(
  { path, here, there }: Difference,
  rule: ComparisonRule,
  stores: Pick<Stores, "blobs">,
): Promise<boolean> {
  if (here === undefined || there === undefined) return false
  const source = (digest: Digest): FileSource => blobSource({ digest, name: path }, stores)
  if (isFree(await compareFiles(source(here), source(there)), rule)) return true
  const [a, b] = await Promise.all([here, there].map((digest) => textOf(source(digest), rule)))
  return a !== undefined && b !== undefined && compareTexts(a, b, rule).equivalent
}

/** What the format tells decides where there are no lines: volumes, arrays, alignments. */
function isFree(comparison: FileComparison, { numbers, order }: ComparisonRule): boolean {
  if (comparison.same) return true
  if (comparison.onlyOrder === true) return order === "any"
  if (comparison.onlyNumbers !== true || comparison.numbers === undefined || numbers === undefined) return false
  const { largestAbsolute, largestRelative } = comparison.numbers
  return largestAbsolute <= (numbers.absolute ?? -1) || largestRelative <= (numbers.relative ?? -1)
}

/** A text that can be compared line by line; JSON a value a line, where fields of it are free. */
export async function textOf(
  source: FileSource,
  { fields }: Pick<ComparisonRule, "fields">,
): Promise<string | undefined> {
  try {
    const bytes = await readWhole(source.chunks(), MOST_TEXT_BYTES)
    const plain = isGzip(bytes) ? await readWhole(gunzip(once(bytes)), MOST_TEXT_BYTES) : bytes
    if (!isText(plain)) return undefined
    const text = Buffer.from(plain).toString("utf8")
    return fields === undefined ? text : (jsonLines(text, fields) ?? text)
  } catch (error) {
    if (error instanceof UnfitFile) return undefined
    throw error
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
