import type { Gear } from "@geartrain/spec"
import { shownAdditions } from "@geartrain/spec/additions"
import { type HelpPage, sectionLines } from "../help/command-help.ts"
import { formatCount, formatSize, formatTime } from "../output/amounts.ts"
import { escapeLines, escapeText } from "../output/escape-text.ts"
import { shellWord } from "../output/shell-word.ts"
import { textTable, wrapText } from "../output/text-table.ts"
import { gearParameters } from "../run/gear-flags.ts"
import { configSections } from "./gear-help.ts"
import type { PageMeans } from "./job-page.ts"
import { parameterRows } from "./parameter-rows.ts"

/** What is known of a gear beside the gear itself. */
export interface GearSurroundings {
  readonly references: readonly string[]
  /** Lines of the section about whether it answers the same again. */
  readonly determinism: readonly string[]
}

/** A gear on one page: what it is for, what it is, what it takes, and what the image that it came from had said. */
export function gearPage(gear: Gear, { references, determinism }: GearSurroundings, means: PageMeans): string[] {
  const { paint, columns } = means
  const { manifest } = gear
  const parameters = gearParameters(manifest, new Set())
  const page = { columns, paint }
  return [
    `${paint.bold(`${manifest.name}@${escapeText(manifest.version)}`)}  ${escapeText(manifest.label)}`,
    ...wrapText(escapeLines(manifest.description), columns),
    "",
    ...textTable([{ title: "" }, { title: "" }], factRows(gear, references, means)),
    ...sectionLines(
      { title: "Inputs", rows: parameterRows(parameters.filter((each) => each.kind !== "config")) },
      page,
    ),
    ...configSections(manifest, parameters).flatMap((section) => sectionLines(section, page)),
    ...promisedSection(manifest, page),
    ...determinism,
    ...environmentSection(gear, means),
    ...imageSection(gear, means),
    "",
    `${paint.cyan("→")} gear run ${shellWord(references[0] ?? means.id(gear.id))} --help`,
  ]
}

function factRows(gear: Gear, references: readonly string[], means: PageMeans): string[][] {
  const { manifest, origin } = gear
  const { slimOf } = shownAdditions(manifest)
  const facts: (readonly [string, string | undefined])[] = [
    ["id", gear.id],
    ["references", references.length === 0 ? "none, only its id" : references.map(escapeText).join(", ")],
    ["platform", gear.platform],
    ["filesystem", `${gear.tree}`],
    ["size", `${formatSize(gear.sizeBytes)} in ${formatCount(gear.entries, "entry", "entries")}`],
    ["imported", `${formatTime(gear.imported)} from ${escapeText(origin.reference)} (${origin.kind})`],
    ["slim of", slimOf === undefined ? undefined : escapeText(slimOf)],
    ["author", escapeText(manifest.author)],
    ["maintainer", manifest.maintainer === undefined ? undefined : escapeText(manifest.maintainer)],
    ["licence", escapeText(manifest.license)],
    ["page", manifest.url === "" ? undefined : escapeText(manifest.url)],
    ["source", manifest.source === "" ? undefined : escapeText(manifest.source)],
    ["cite", manifest.cite === undefined || manifest.cite === "" ? undefined : escapeText(manifest.cite)],
    [
      "asks for",
      manifest.capabilities === undefined || manifest.capabilities.length === 0
        ? undefined
        : manifest.capabilities.map(escapeText).join(", "),
    ],
    ["command", manifest.command === undefined ? undefined : escapeText(manifest.command)],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[means.paint.dim(name), value]]))
}

/** What the manifest says of outputs and resources, beyond the specification. */
function promisedSection(manifest: Gear["manifest"], page: HelpPage): string[] {
  const { outputs = {}, resources = {} } = shownAdditions(manifest)
  const promised = Object.entries(outputs).map(([name, output]): [string, string] => {
    const { files, type, sensitivity, optional, description } = output
    const facts = [files.join(", "), type, sensitivity, optional === true ? "optional" : undefined]
    const told = facts
      .filter((fact) => fact !== undefined)
      .map(escapeText)
      .join("; ")
    return [escapeText(name), description === undefined ? told : `${escapeText(description)} (${told})`]
  })
  const needed = Object.entries(resources).map(([name, value]): [string, string] => [name, escapeText(String(value))])
  return [
    ...sectionLines({ title: "Outputs", rows: promised }, page),
    ...sectionLines({ title: "Needs, by its author", rows: needed }, page),
  ]
}

function environmentSection(gear: Gear, means: PageMeans): string[] {
  const entries = Object.entries(gear.manifest.environment ?? {})
  if (entries.length === 0) return []
  if (!means.verbose && entries.length > 8)
    return ["", means.paint.bold("Environment"), `  ${formatCount(entries.length, "variable")}: gear show -v`]
  return ["", means.paint.bold("Environment"), ...entries.map(([name, value]) => `  ${escapeText(`${name}=${value}`)}`)]
}

/** Shown so that nobody has to wonder where it went: a gear runs by its manifest, not by this. */
function imageSection(gear: Gear, means: PageMeans): string[] {
  const { image } = gear
  if (image === undefined) return []
  const declared: (readonly [string, readonly string[]])[] = [
    ["ENV", image.env],
    ["USER", image.user === "" ? [] : [image.user]],
    ["WORKDIR", image.workdir === "" ? [] : [image.workdir]],
    ["ENTRYPOINT", image.entrypoint.length === 0 ? [] : [JSON.stringify(image.entrypoint)]],
    ["CMD", image.cmd.length === 0 ? [] : [JSON.stringify(image.cmd)]],
  ]
  const rows = declared.flatMap(([name, values]) => values.map((value) => [means.paint.dim(name), escapeText(value)]))
  if (rows.length === 0) return []
  const lines = textTable([{ title: "" }, { title: "" }], rows).map((line) => `  ${line}`)
  return ["", means.paint.bold("The image said, and a gear does not follow"), ...lines]
}
