import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"

export const pipelineCheckCommand: Command = {
  name: "pipeline check",
  arguments: [{ name: "FILE", says: "pipeline.yaml; several that read of each other", many: true, complete: "file" }],
  flags: {},
  examples: [{ command: "gear pipeline check pipeline.yaml", says: "Hold it against its gear; read no data" }],
  exits: "answer",
  exitNotes: { 0: "it can be run", 1: "it has faults" },
  run: async (context, given) => {
    const settings = context.settings()
    const [{ openEngine }, { planningJobs }, { readPipeline }, { orderPipelines }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/workflows/planning-jobs.ts"),
      import("../../../workflows/pipelines/document/read-pipeline.ts"),
      import("../../../workflows/pipelines/document/order-pipelines.ts"),
    ])
    const engine = await openEngine(settings, { write: true })
    try {
      const jobs = planningJobs(engine, settings)
      const checked = []
      for (const file of given.words) checked.push(await readPipeline(file, jobs))
      const ordered = orderPipelines(checked)
      for (const { file, pipeline, gear } of ordered) {
        const { name, version } = gear.manifest
        context.reply.print(escapeText(`${file}: pipeline ${pipeline.name}, gear ${name}@${version}: no faults`))
      }
      return { data: { pipelines: ordered.map(({ file, pipeline }) => ({ file, name: pipeline.name })) } as JsonObject }
    } finally {
      await engine.close()
    }
  },
}
