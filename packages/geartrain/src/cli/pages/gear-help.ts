import type { GearManifest } from "@geartrain/spec"
import { shownAdditions } from "@geartrain/spec/additions"
import type { Flag } from "../command.ts"
import { flagRow, type HelpPage, type HelpSection, sectionLines } from "../help/command-help.ts"
import { escapeLines, escapeText } from "../output/escape-text.ts"
import { shellWord } from "../output/shell-word.ts"
import { wrapText } from "../output/text-table.ts"
import type { GearParameter } from "../run/gear-flags.ts"
import { parameterRows, typedAs } from "./parameter-rows.ts"

/** What `gear run GEAR --help` is about. */
export interface GearHelp {
  /** As the user typed it. */
  readonly reference: string
  readonly manifest: GearManifest
  readonly parameters: readonly GearParameter[]
  /** The flags of `gear run`, and of every command. */
  readonly flags: Readonly<Record<string, Flag>>
}

/** The help of a gear: its own inputs and config as flags, then what `gear run` adds. */
export function gearHelp(help: GearHelp, page: HelpPage): string[] {
  const { manifest, parameters } = help
  const reference = shellWord(help.reference)
  const required = parameters.filter((parameter) => parameter.isRequired).map(typedAs)
  const taken = parameters.filter((parameter) => parameter.kind === "config" && parameter.flag === undefined)
  return [
    `${page.paint.bold(`${manifest.name}@${escapeText(manifest.version)}`)}  ${escapeText(manifest.label)}`,
    ...wrapText(escapeLines(manifest.description), page.columns),
    "",
    `${page.paint.bold("Usage")}  ${["gear run", reference, ...required, "[flags]"].join(" ")}`,
    ...sectionLines(
      { title: "Inputs", rows: parameterRows(parameters.filter((each) => each.kind !== "config")) },
      page,
    ),
    ...configSections(manifest, parameters).flatMap((section) => sectionLines(section, page)),
    ...(taken.length === 0 ? [] : ["", ...wrapText(TAKEN, page.columns)]),
    ...sectionLines({ title: "Flags of gear run", rows: Object.entries(help.flags).map(flagRow) }, page),
    "",
    `The whole manifest and the image: gear show ${reference}`,
  ]
}

/** Config in the groups and the order that the manifest gives it, then what is in none. */
export function configSections(manifest: GearManifest, parameters: readonly GearParameter[]): readonly HelpSection[] {
  const { groups = [] } = shownAdditions(manifest)
  const config = parameters.filter((each) => each.kind === "config")
  const grouped = groups.map(({ label, description, config: names }) => {
    const own = names.flatMap((name) => config.filter((each) => each.name === name))
    const title = description === undefined ? escapeText(label) : `${escapeText(label)}: ${escapeText(description)}`
    return { title, rows: parameterRows(own) }
  })
  const taken = new Set(groups.flatMap((group) => group.config))
  const rest = config.filter((each) => !taken.has(each.name))
  return [...grouped, { title: groups.length === 0 ? "Config" : "More config", rows: parameterRows(rest) }]
}

const TAKEN =
  "A config value whose name is no flag's, or that of a flag of gear run, has none of its own: it is given with --set, as all of them can be."
