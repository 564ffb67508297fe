import { type Gear, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { OpenedStores } from "../../../compose/stores/open-stores.ts"
import type { OutputComparison } from "../../../engine/proof/compare-contents.ts"
import type { TreeComparison } from "../../../provenance/trees/compare-trees.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { textTable } from "../../output/text-table.ts"
import { treeLines } from "../../pages/change-lines.ts"
import { contentLines } from "../../pages/content-lines.ts"
import { type Difference, diffGears } from "../../pages/diff-gears.ts"
import { valueText } from "../../pages/value-text.ts"
import { areFiles, differentReply, diffFiles } from "../../proof/diff-files.ts"
import { findThing, type Thing } from "../../records/find-thing.ts"

/** For programs: two gears may have nothing in common but some hundred thousand files each. */
const MOST_LISTED = 1000
/** Outputs that are read to see how they differ. */
const MOST_CONTENTS = 20

export const diffCommand: Command = {
  name: "diff",
  arguments: [
    { name: "A", says: "A job, a gear or a file", complete: "gear-or-job" },
    { name: "B", says: "Another of the same kind", complete: "gear-or-job" },
  ],
  flags: {
    brief: { type: "switch", says: "Of two jobs, only which outputs differ, and not how" },
  },
  examples: [
    {
      command: "gear diff 0123456789ab latest",
      says: "In what two jobs differ: gear, config, inputs, environment, and each output by its format",
    },
    {
      command: "gear diff run-1/stats.csv run-2/stats.csv",
      says: "In what two files differ: rows, cells, and by how much",
    },
    {
      command: "gear diff fsl-bet@1.0.0 fsl-bet@1.1.0",
      says: "In what two gears differ: manifest, packages and files",
    },
  ],
  notes: [
    "Files are compared by what their format says they mean: text, JSON, CSV and TSV, zip and tar by their members, what gzip and zstd packed, VCF, SAM and BAM by their records, NIfTI, NumPy, FITS and DICOM by header and numbers, PNG and JPEG by their pixels, PDF apart from its metadata; all others byte by byte.",
    "A word that names a file and also begins the id of a job is the job: write ./ before it.",
    `Only differences are shown. Of files, the first of each kind are named and all are counted; --json has up to ${MOST_LISTED} of each.`,
  ],
  exits: "answer",
  exitNotes: { 0: "there are no differences", 1: "there are" },
  run: async (context, given) => {
    if (await areFiles(given.words)) return diffFiles(context, given.words)
    const { openStores } = await import("../../../compose/stores/open-stores.ts")
    const stores = await openStores(context.settings())
    try {
      const [a = "", b = ""] = given.words
      const wish = { stores, isBrief: given.has("brief") }
      return tell(context, await compare(await findThing(a, stores), await findThing(b, stores), wish))
    } finally {
      await stores.close()
    }
  },
}

interface Comparison {
  readonly differences: readonly Difference[]
  /** Of gears whose root filesystems differ. */
  readonly files?: TreeDifference
  /** Of jobs: how the outputs differ. */
  readonly contents?: readonly OutputComparison[]
}

type TreeDifference = { readonly tree: TreeComparison } | { readonly missing: Gear }

interface Wish {
  readonly stores: OpenedStores
  readonly isBrief: boolean
}

async function compare(a: Thing, b: Thing, { stores, isBrief }: Wish): Promise<Comparison> {
  if (a.kind === "gear" && b.kind === "gear") {
    const files = await compareTreesOf(a.gear, b.gear, stores)
    return { differences: diffGears(a.gear, b.gear), ...(files === undefined ? {} : { files }) }
  }
  if (a.kind === "job" && b.kind === "job") {
    const { diffJobs } = await import("../../../provenance/diff-jobs.ts")
    const differences = diffJobs(a.job, b.job)
    if (isBrief) return { differences }
    const { compareContents } = await import("../../../engine/proof/compare-contents.ts")
    return { differences, contents: await compareContents(a.job, b.job, { stores, most: MOST_CONTENTS }) }
  }
  throw new GeartrainError("USAGE", `Cannot compare: the first is a ${a.kind} and the second a ${b.kind}`, {
    hint: "Name two jobs or two gears",
  })
}

/** From the listings that are kept beside the root filesystems: no file is read. */
async function compareTreesOf(a: Gear, b: Gear, stores: OpenedStores): Promise<TreeDifference | undefined> {
  if (a.tree === b.tree) return undefined
  const [left, right] = await Promise.all([stores.roots.listing(a.tree), stores.roots.listing(b.tree)])
  if (left === undefined) return { missing: a }
  if (right === undefined) return { missing: b }
  const { compareTrees } = await import("../../../provenance/trees/compare-trees.ts")
  return { tree: await compareTrees(left, right) }
}

function tell(context: Context, { differences, files, contents = [] }: Comparison): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const data = {
    same: differences.length === 0,
    differences: differences.map((difference) => ({ ...difference }) as JsonObject),
    ...(files === undefined ? {} : { tree: "tree" in files ? treeData(files.tree) : null }),
    ...(contents.length === 0 ? {} : { outputs: contents as unknown as readonly JsonObject[] }),
  }
  if (differences.length === 0) {
    reply.print(paint.green("no differences"))
    return { data }
  }
  const rows = differences.map(({ part, name, a, b }) => [
    part,
    escapeText(name),
    paint.red(valueText(a)),
    paint.green(valueText(b)),
  ])
  for (const line of textTable([{ title: "WHAT" }, { title: "" }, { title: "A" }, { title: "B" }], rows))
    reply.print(line)
  for (const line of files === undefined ? [] : fileLines(files)) reply.print(line)
  for (const line of contentLines(contents, paint)) reply.print(line)
  const error = differentReply(formatCount(differences.length, "difference"))
  return { data, exitCode: EXIT_CODES.NO, error }
}

function fileLines(files: TreeDifference): readonly string[] {
  if ("tree" in files) return treeLines(files.tree)
  const { name, version } = files.missing.manifest
  return [`files: not compared, since those of ${escapeText(`${name}@${version}`)} are not stored`]
}

function treeData({ added, removed, changed, packages }: TreeComparison): JsonObject {
  const counted = <Item>(items: readonly Item[]): { readonly count: number; readonly first: readonly Item[] } => ({
    count: items.length,
    first: items.slice(0, MOST_LISTED),
  })
  const lists = { added: counted(added), removed: counted(removed), changed: counted(changed), packages }
  return lists as unknown as JsonObject
}
