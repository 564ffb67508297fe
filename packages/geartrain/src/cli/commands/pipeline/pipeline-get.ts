import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { findCommit } from "../../workflow/pipeline/pipeline-word.ts"

export const pipelineGetCommand: Command = {
  name: "pipeline get",
  arguments: [{ name: "NAME", says: "A pipeline" }],
  flags: {
    output: {
      type: "text",
      short: "o",
      value: "DIR",
      says: "Where to. Default: a folder of the pipeline's name",
      complete: "folder",
    },
    commit: { type: "text", value: "N", says: "This commit. Default: the newest" },
    force: { type: "switch", says: "Write over files of the same name" },
  },
  examples: [{ command: "gear pipeline get count -o results", says: "Copy its newest output to a folder" }],
  exits: "answer",
  run: async (context, given) => {
    const settings = context.settings()
    const [{ openCommits }, { mergeOutputs }, { placeOutputs }, { openEngine }] = await Promise.all([
      import("../../../compose/pipelines/open-pipelines.ts"),
      import("../../../workflows/pipelines/run/merge-outputs.ts"),
      import("../../../engine/life/place-outputs.ts"),
      import("../../../compose/open-engine.ts"),
    ])
    const store = openCommits(settings)
    const [name = ""] = given.words
    const { of, commit } = await findCommit(name, given.text("commit"), store)
    if (of.kind === "folders") {
      throw new GeartrainError(
        "PIPELINE_NOT_FOUND",
        `Cannot get "${name}": it is read by pipelines, and its files lie where they are`,
        {
          hint: "Name a pipeline: gear pipeline ls",
        },
      )
    }
    const outputs = mergeOutputs(await store.datums(of, commit.number))
    const folder = given.text("output") ?? name
    const engine = await openEngine(settings)
    try {
      const target = { folder, force: given.has("force") }
      const placed = await placeOutputs({ outputs }, { blobs: engine.blobs }, target)
      context.reply.say(escapeText(`${formatCount(placed.length, "file")} of commit ${commit.number} in ${folder}`))
      return { data: { folder, commit: commit.number, id: commit.id, files: outputs.map(({ path }) => path) } }
    } finally {
      await engine.close()
    }
  },
}
