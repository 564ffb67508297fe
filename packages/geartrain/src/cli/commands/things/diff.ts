import { type Gear, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { OpenedStores } from "../../../compose/open-stores.ts"
import type { TreeComparison } from "../../../provenance/trees/compare-trees.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { textTable } from "../../output/text-table.ts"
import { treeLines } from "../../pages/change-lines.ts"
import { type Difference, diffGears } from "../../pages/diff-gears.ts"
import { valueText } from "../../pages/value-text.ts"
import { findThing, type Thing } from "../../records/find-thing.ts"

/** For programs: two gears may have nothing in common but some hundred thousand files each. */
const MOST_LISTED = 1000

export const diffCommand: Command = {
  name: "diff",
  arguments: [
    { name: "A", says: "A job or a gear", complete: "gear-or-job" },
    { name: "B", says: "Another of the same kind", complete: "gear-or-job" },
  ],
  flags: {},
  examples: [
    {
      command: "gear diff 0123456789ab latest",
      says: "In what two jobs differ: gear, config, inputs, environment, outputs by digest",
    },
    {
      command: "gear diff fsl-bet@1.0.0 fsl-bet@1.1.0",
      says: "In what two gears differ: manifest, packages and files",
    },
  ],
  notes: [
    `Only differences are shown. Of files, the first of each kind are named and all are counted; --json has up to ${MOST_LISTED} of each.`,
  ],
  exits: "answer",
  exitNotes: { 0: "there are no differences", 1: "there are" },
  run: async (context, given) => {
    const { openStores } = await import("../../../compose/open-stores.ts")
    const stores = await openStores(context.settings())
    try {
      const [a = "", b = ""] = given.words
      return tell(context, await compare(await findThing(a, stores), await findThing(b, stores), stores))
    } finally {
      await stores.close()
    }
  },
}

interface Comparison {
  readonly differences: readonly Difference[]
  /** Of gears whose root filesystems differ. */
  readonly files?: FileComparison
}

type FileComparison = { readonly tree: TreeComparison } | { readonly missing: Gear }

async function compare(a: Thing, b: Thing, stores: OpenedStores): Promise<Comparison> {
  if (a.kind === "gear" && b.kind === "gear") {
    const files = await compareFiles(a.gear, b.gear, stores)
    return { differences: diffGears(a.gear, b.gear), ...(files === undefined ? {} : { files }) }
  }
  if (a.kind === "job" && b.kind === "job") {
    const { diffJobs } = await import("../../../provenance/diff-jobs.ts")
    return { differences: diffJobs(a.job, b.job) }
  }
  throw new GeartrainError("USAGE", `Cannot compare: the first is a ${a.kind} and the second a ${b.kind}`, {
    hint: "Name two jobs or two gears",
  })
}

/** From the listings that are kept beside the root filesystems: no file is read. */
async function compareFiles(a: Gear, b: Gear, stores: OpenedStores): Promise<FileComparison | undefined> {
  if (a.tree === b.tree) return undefined
  const [left, right] = await Promise.all([stores.roots.listing(a.tree), stores.roots.listing(b.tree)])
  if (left === undefined) return { missing: a }
  if (right === undefined) return { missing: b }
  const { compareTrees } = await import("../../../provenance/trees/compare-trees.ts")
  return { tree: await compareTrees(left, right) }
}

function tell(context: Context, { differences, files }: Comparison): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const data = {
    same: differences.length === 0,
    differences: differences.map((difference) => ({ ...difference }) as JsonObject),
    ...(files === undefined ? {} : { tree: "tree" in files ? treeData(files.tree) : null }),
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
  const error = {
    code: "DIFFERENT",
    message: formatCount(differences.length, "difference"),
    fix: null,
    docs: "gear help DIFFERENT",
    culprit: "unknown",
    retryable: false,
  }
  return { data, exitCode: EXIT_CODES.NO, error }
}

function fileLines(files: FileComparison): readonly string[] {
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
