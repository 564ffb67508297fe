import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import type { Argument, Command, Flag } from "../command.ts"
import type { Paint } from "../output/paint.ts"
import { textWidth, wrapText } from "../output/text-table.ts"

/** A command with its line of the list. */
export interface DescribedCommand {
  readonly command: Command
  readonly summary: string
}

/** Where a help is printed. */
export interface HelpPage {
  readonly columns: number
  readonly paint: Paint
}

/** A heading with two columns below it: what to type, and what it is for. */
export interface HelpSection {
  readonly title: string
  readonly rows: readonly (readonly [string, string])[]
}

/** The help of one command: what it is for, examples, then everything it takes. */
export function commandHelp(described: DescribedCommand, page: HelpPage): string[] {
  const { command, summary } = described
  return [
    `${page.paint.bold(`gear ${command.name}`)}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    ...exampleLines(command, page),
    "",
    `${page.paint.bold("Usage")}  ${usageLine(command)}`,
    ...sectionLines({ title: "Arguments", rows: command.arguments.map(argumentRow) }, page),
    ...sectionLines({ title: "Flags", rows: Object.entries(command.flags).map(flagRow) }, page),
    ...sectionLines({ title: "Flags of every command", rows: Object.entries(GLOBAL_FLAGS).map(flagRow) }, page),
    ...(command.notes ?? []).flatMap((note) => ["", ...wrapText(note, page.columns)]),
    ...sectionLines({ title: "Exit codes", rows: exitRows(command) }, page),
  ]
}

/**
 * How a command is typed.
 *
 * @example
 *   usageLine({ name: "rm", arguments: [{ name: "GEAR|JOB", says: "", many: true }], flags: {} }) // => "gear rm GEAR|JOB... [flags]"
 */
export function usageLine(command: Pick<Command, "name" | "arguments" | "flags" | "foreignFlags">): string {
  const words = command.arguments.map((argument) => {
    const name = `${argument.name}${argument.many === true ? "..." : ""}`
    return argument.optional === true ? `[${name}]` : name
  })
  const own = command.foreignFlags === true ? ["[the gear's own flags]"] : []
  return ["gear", command.name, ...words, "[flags]", ...own].join(" ")
}

function exampleLines(command: Command, page: HelpPage): string[] {
  return command.examples.flatMap(({ command: typed, says }) => ["", `  ${page.paint.cyan(typed)}`, `      ${says}`])
}

function argumentRow(argument: Argument): readonly [string, string] {
  return [argument.name, argument.says]
}

/** A flag with its short form and its value, and what it is for. */
export function flagRow([name, flag]: readonly [string, Flag]): readonly [string, string] {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `
  // One that may stand alone takes its value after =, lest the next word be taken for it.
  const given = flag.type === "truth" ? `[=${flag.value}]` : ` ${flag.value}`
  const value = flag.value === undefined ? "" : given
  return [`${short}--${name}${value}`, `${flag.says}${flag.many === true ? " (may be repeated)" : ""}`]
}

function exitRows(command: Command): (readonly [string, string])[] {
  const own = Object.entries(command.exitNotes ?? {}).map(([code, says]): [string, string] => [code, says])
  const rest = command.exits === "gear" ? "the gear's own code, and more: gear help exit-codes" : "gear help exit-codes"
  return [...own, [own.length === 0 ? "" : "…", rest]]
}

/** A heading and two columns, the second one wrapped; nothing for a section without rows. */
export function sectionLines(section: HelpSection, page: HelpPage): string[] {
  if (section.rows.length === 0) return []
  const widest = Math.max(...section.rows.map(([left]) => textWidth(left)))
  const indent = Math.min(widest, WIDEST_LEFT) + 4
  const lines = section.rows.flatMap(([left, right]) => {
    const [first = "", ...others] = wrapText(right, page.columns - indent)
    const below = others.map((line) => `${" ".repeat(indent)}${line}`)
    if (textWidth(left) > WIDEST_LEFT) return [`  ${left}`, `${" ".repeat(indent)}${first}`, ...below]
    return [`  ${left}${" ".repeat(indent - 2 - textWidth(left))}${first}`, ...below]
  })
  return ["", page.paint.bold(section.title), ...lines]
}

/** A wider left column gets a line of its own. */
const WIDEST_LEFT = 34
