import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import type { CommandGroup, Flag } from "../command.ts"
import { type DescribedCommand, flagRow, type HelpSection, usageLine } from "./command-help.ts"
import { TOPICS } from "./topics.ts"

/** The reference page of the command line, made from what the help is made of: Markdown. */
export async function cliReference(groups: readonly CommandGroup[]): Promise<string> {
  const described: DescribedCommand[] = []
  for (const row of groups.flatMap((group) => group.rows))
    described.push({ command: await row.load(), summary: row.summary })
  return `${[
    "# Commands",
    "Made from the commands themselves by `node scripts/check-cli-reference.ts --write`. On the command line: `gear help`.",
    ...groups.map((group) => groupList(group)),
    "Flags of every command:",
    table(["flag", ""], Object.entries(GLOBAL_FLAGS).map(flagRow)),
    ...described.flatMap(commandSections),
    ...Object.entries(TOPICS).flatMap(([name, topic]) => [
      `## gear help ${name}`,
      `${topic.summary}.`,
      ...topic.says,
      ...topic.sections.flatMap((section) => [`${section.title}:`, table(["", ""], section.rows)]),
    ]),
  ].join("\n\n")}\n`
}

function groupList(group: CommandGroup): string {
  const links = group.rows.map(
    (row) => [`[gear ${row.name}](#gear-${row.name.replaceAll(" ", "-")})`, row.summary] as const,
  )
  return `${group.title}:\n\n${links.map(([link, summary]) => `- ${link}: ${summary}`).join("\n")}`
}

function commandSections({ command, summary }: DescribedCommand): string[] {
  const flags: readonly (readonly [string, Flag])[] = Object.entries(command.flags)
  const exits: HelpSection["rows"] = Object.entries(command.exitNotes ?? {})
  return [
    `## gear ${command.name}`,
    `${summary}.`,
    block([usageLine(command)]),
    ...command.examples.map(({ command: typed, says }) => `${says}:\n\n${block([typed])}`),
    ...(command.arguments.length === 0
      ? []
      : [
          table(
            ["argument", ""],
            command.arguments.map((argument) => [argument.name, argument.says]),
          ),
        ]),
    ...(flags.length === 0 ? [] : [table(["flag", ""], flags.map(flagRow))]),
    ...(command.notes ?? []),
    ...(exits.length === 0 ? [] : [table(["exit code", ""], exits)]),
  ]
}

/** Indented, so that nothing in it is markup. */
function block(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n")
}

function table(titles: readonly [string, string], rows: HelpSection["rows"]): string {
  const line = (left: string, right: string): string => `| ${left} | ${right} |`
  // In code only the bar has to be escaped; beside it, `<` would begin a tag.
  const cells = rows.map(([left, right]) =>
    line(`\`${escapeBars(left.trim())}\``, escapeBars(right).replaceAll("<", "&lt;")),
  )
  return [line(...titles), line("---", "---"), ...cells].join("\n")
}

function escapeBars(text: string): string {
  return text.replaceAll("|", "\\|")
}
