import { CATALOGUE, GeartrainError, nearestName, REASONS } from "@geartrain/spec"
import type { Command, Context } from "../../command.ts"
import { commandHelp, type HelpPage, sectionLines } from "../../help/command-help.ts"
import { explainCode } from "../../help/explain-code.ts"
import { topHelp } from "../../help/top-help.ts"
import { TOPICS } from "../../help/topics.ts"
import { wrapText } from "../../output/text-table.ts"

export const helpCommand: Command = {
  name: "help",
  arguments: [
    {
      name: "WORD",
      says: "A command, a topic, or the code of an error",
      optional: true,
      many: true,
      complete: "command",
    },
  ],
  flags: {},
  examples: [
    { command: "gear help run", says: "Explain a command" },
    { command: "gear help exit-codes", says: "Explain a topic" },
    { command: "gear help OUT_OF_MEMORY", says: "Explain the code of an error, or the reason of a failed job" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const { columns, paint } = context.terminal.out
    const lines = await helpLines(given.words.join(" "), context, { columns, paint })
    context.reply.print(lines.join("\n"))
    return { data: { text: lines.join("\n") } }
  },
}

async function helpLines(word: string, context: Context, page: HelpPage): Promise<readonly string[]> {
  if (word === "") return topHelp(context.groups, page)
  const rows = context.groups.flatMap((group) => group.rows)
  const row = rows.find((candidate) => candidate.name === word)
  if (row !== undefined) return commandHelp({ command: await row.load(), summary: row.summary }, page)
  const children = rows.filter((candidate) => candidate.name.startsWith(`${word} `))
  if (children.length > 0) {
    return sectionLines(
      { title: `gear ${word}`, rows: children.map((child) => [child.name, child.summary]) },
      page,
    ).slice(1)
  }
  const topic = Object.hasOwn(TOPICS, word) ? TOPICS[word] : undefined
  if (topic !== undefined) {
    const paragraphs = topic.says.flatMap((paragraph) => ["", ...wrapText(paragraph, page.columns)])
    return [
      `${page.paint.bold(topic.summary)}`,
      ...paragraphs,
      ...topic.sections.flatMap((section) => sectionLines(section, page)),
    ]
  }
  const explained = explainCode(word.toUpperCase(), page)
  if (explained !== undefined) return explained
  throw noSuchTopic(
    word,
    rows.map((candidate) => candidate.name),
  )
}

function noSuchTopic(word: string, commands: readonly string[]): GeartrainError {
  const known = [...commands, ...Object.keys(TOPICS), ...Object.keys(CATALOGUE), ...Object.keys(REASONS)]
  const near = nearestName(word, known)
  return new GeartrainError(
    "TOPIC_NOT_FOUND",
    `Cannot explain "${word}": it is no command, no topic and no code of an error`,
    {
      details: { word },
      hint: near === undefined ? "List commands and topics: gear help" : `Did you mean: gear help ${near}`,
    },
  )
}
