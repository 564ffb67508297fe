import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import type { CommandGroup } from "../command.ts"
import { flagRow, type HelpPage, sectionLines } from "./command-help.ts"
import { TOPICS } from "./topics.ts"

/** What `gear --help` prints. */
export function topHelp(groups: readonly CommandGroup[], page: HelpPage): string[] {
  const lists = groups.flatMap((group) =>
    sectionLines({ title: group.title, rows: group.rows.map((row) => [row.name, row.summary]) }, page),
  )
  const topics = Object.entries(TOPICS).map(([name, topic]): [string, string] => [`help ${name}`, topic.summary])
  return [
    `${page.paint.bold("gear")} runs scientific programs as gears: sealed, recorded, and checked by running them again`,
    ...EXAMPLES.flatMap(([typed, says]) => ["", `  ${page.paint.cyan(typed)}`, `      ${says}`]),
    ...lists,
    ...sectionLines({ title: "Topics", rows: topics }, page),
    ...sectionLines({ title: "Flags of every command", rows: Object.entries(GLOBAL_FLAGS).map(flagRow) }, page),
    "",
    `More about a command: gear COMMAND --help`,
  ]
}

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["gear import fsl-bet.tar", "Take a gear in; prints its name and its id"],
  ["gear run fsl-bet --help", "See the inputs and the config of a gear"],
  ["gear run fsl-bet --input nifti=T1.nii.gz --set fraction=0.4", "Run it; the outputs come to a folder here"],
  ["gear verify latest", "Run that again, and compare every byte of the outputs"],
]
