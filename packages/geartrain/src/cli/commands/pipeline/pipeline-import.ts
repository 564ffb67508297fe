import type { JsonObject } from "@geartrain/spec"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"

export const pipelineImportCommand: Command = {
  name: "pipeline import",
  arguments: [{ name: "SPEC", says: "A pipeline specification of Pachyderm's, JSON or YAML", complete: "file" }],
  flags: {
    gear: {
      type: "text",
      value: "GEAR",
      says: "The gear that runs in place of its image and command",
      complete: "gear",
    },
    folders: { type: "text", value: "PATH", says: "Where its repositories lie; * is the name. Default: ./*" },
    pipeline: { type: "text", value: "REPO", many: true, says: "A repository that is the output of a pipeline" },
    output: {
      type: "text",
      short: "o",
      value: "FILE",
      says: "The file to write. Default: standard output",
      complete: "file",
    },
  },
  examples: [
    {
      command: "gear pipeline import edges.json --gear edges@1 -o edges.yaml",
      says: "A pipeline of Pachyderm's as one of ours; what has no counterpart is named",
    },
  ],
  exits: "answer",
  run: async (context, given) => {
    const gear = given.text("gear")
    if (gear === undefined) {
      throw usage(pipelineImportCommand, "Cannot import a pipeline without --gear: its image and command are no gear", {
        hint: "Make a gear of the image first, gear import or gear build, and name it: --gear NAME",
      })
    }
    const [{ readPachydermFile }, { pipelineText }, { createAtomically }] = await Promise.all([
      import("../../../importers/pachyderm/read-pachyderm.ts"),
      import("../../../importers/pachyderm/write-pipeline.ts"),
      import("../../../system/atomic-write.ts"),
    ])
    const choice = { gear, folders: given.text("folders") ?? "./*", pipelines: new Set(given.list("pipeline")) }
    const { pipeline, left } = await readPachydermFile(given.words[0] ?? "", choice)
    const text = pipelineText(pipeline)
    const file = given.text("output")
    if (file === undefined) context.reply.print(text.trimEnd())
    else if (!(await createAtomically(file, text))) {
      throw usage(pipelineImportCommand, `Cannot write "${file}": it is there already`, {
        hint: "Name another file: -o FILE",
      })
    }
    for (const { field, because } of left) context.reply.warn(escapeText(`${field} is left out: ${because}`))
    return { data: { pipeline, left } as unknown as JsonObject }
  },
}
