import { basename, join, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { starterName } from "../../init/starter-name.ts"
import { starterWorkflow } from "../../init/workflow/starter-workflow.ts"
import { writeStarter } from "../../init/write-starter.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"

export const workflowInitCommand: Command = {
  name: "workflow init",
  arguments: [{ name: "DIR", says: "Folder to write into. Default: this one", optional: true, complete: "folder" }],
  flags: {
    name: { type: "text", value: "NAME", says: "What the workflow is called. Default: as the folder is" },
  },
  examples: [{ command: "gear workflow init words", says: "A workflow with three small gears, which runs as it is" }],
  notes: ["Nothing is ever written over: a file that is there already is named, and nothing is written then."],
  exits: "answer",
  run: async ({ reply, terminal }, given) => {
    const folder = given.words[0] ?? "."
    const name = given.text("name") ?? starterName(basename(resolve(folder)))
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
      throw new GeartrainError(
        "USAGE",
        `Cannot call a workflow "${name}": a name begins with a letter or a digit, and has letters, digits, -, _ and .`,
        { details: { name }, hint: `Write --name ${starterName(name)}` },
      )
    }
    const files = starterWorkflow(name)
    await writeStarter(folder, files, { what: "a workflow", command: "gear workflow init" })
    for (const file of Object.keys(files)) reply.print(escapeText(join(folder, file)))
    const file = join(folder, "workflow.yaml")
    reply.say(`${terminal.err.paint.cyan("→")} gear workflow run ${shellWord(file)}`)
    return { data: { folder, name, files: Object.keys(files) } }
  },
}
