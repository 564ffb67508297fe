import { basename, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import type { Command, Context, Given } from "../../command.ts"
import { loadTemplate, TEMPLATE_NAMES } from "../../init/load-template.ts"
import { starterFiles } from "../../init/starter-files.ts"
import { starterName } from "../../init/starter-name.ts"
import type { StarterFile } from "../../init/template.ts"
import { writeStarter } from "../../init/write-starter.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"

export const initCommand: Command = {
  name: "init",
  arguments: [{ name: "DIR", says: "Folder to write into. Default: this one", optional: true, complete: "folder" }],
  flags: {
    template: {
      type: "text",
      value: "LANGUAGE",
      says: "What the program is written in: bash, python, node or r. Default: bash",
      complete: TEMPLATE_NAMES,
    },
    from: {
      type: "text",
      value: "IMAGE",
      says: "Make a gear of an image: of a registry, or an archive of docker save or OCI",
      complete: "file",
    },
    name: { type: "text", value: "NAME", says: "What the gear is called. Default: as the folder is" },
  },
  examples: [
    {
      command: "gear init my-gear --template python",
      says: "Three files that run at once, and the module that helps them",
    },
    { command: "gear init my-gear --from ubuntu.tar", says: "From an image, with its ENV and its ENTRYPOINT" },
  ],
  notes: ["Nothing is ever written over: a file that is there already is named, and nothing is written then."],
  exits: "answer",
  run: async (context, given) => {
    const folder = given.words[0] ?? "."
    const name = given.text("name") ?? starterName(basename(resolve(folder)))
    checkName(name)
    const files = await readFiles(context, given, name)
    await writeStarter(folder, files)
    const { reply, terminal } = context
    const prefix = folder === "." ? "" : `${folder.replace(/\/+$/, "")}/`
    for (const file of Object.keys(files)) reply.print(`${escapeText(prefix)}${terminal.out.paint.bold(file)}`)
    reply.say(`→ gear run ${shellWord(/^[./]/.test(folder) ? folder : `./${folder}`)}`)
    return { data: { folder, name, files: Object.keys(files) } }
  },
}

function checkName(name: string): void {
  if (/^[a-z0-9-]{1,100}$/.test(name)) return
  throw new GeartrainError("USAGE", `Cannot call a gear "${name}": a name has only lower-case letters, digits and -`, {
    details: { name },
    hint: `Write --name ${starterName(name)}`,
  })
}

async function readFiles(context: Context, given: Given, name: string): Promise<Readonly<Record<string, StarterFile>>> {
  const from = given.text("from")
  const wanted = given.text("template")
  if (from !== undefined && wanted !== undefined) {
    throw new GeartrainError("USAGE", "Cannot begin with two things: --from and --template were given", {
      hint: "Leave one of them away",
    })
  }
  if (from !== undefined) {
    const [{ lookIntoImage }, { filesFromImage }] = await Promise.all([
      import("../../../compose/images/look-into-image.ts"),
      import("../../init/from-image.ts"),
    ])
    context.reply.say(`reading ${escapeText(from)}`)
    return filesFromImage(await lookIntoImage(from, context.settings()), name)
  }
  const template = TEMPLATE_NAMES.find((known) => known === (wanted ?? "bash"))
  if (template !== undefined) return await starterFiles(await loadTemplate(template), name)
  throw new GeartrainError("USAGE", `Cannot begin with template "${wanted}": there is ${TEMPLATE_NAMES.join(", ")}`, {
    details: { template: wanted ?? "" },
    hint: "Write one of them: --template python",
  })
}
