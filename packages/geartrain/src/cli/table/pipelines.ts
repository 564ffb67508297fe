import type { CommandGroup } from "../command.ts"

export const PIPELINES: CommandGroup = {
  title: "Pipelines: one gear over folders whose content changes",
  rows: [
    {
      name: "pipeline check",
      summary: "Hold pipeline.yaml against its gear",
      load: async () => (await import("../commands/pipeline/pipeline-check.ts")).pipelineCheckCommand,
    },
    {
      name: "pipeline datums",
      summary: "List the datums of a pipeline: what a run would do of each, and why",
      load: async () => (await import("../commands/pipeline/pipeline-datums.ts")).pipelineDatumsCommand,
    },
    {
      name: "pipeline run",
      summary: "Commit what changed in the folders, and do what is new or changed",
      load: async () => (await import("../commands/pipeline/pipeline-run.ts")).pipelineRunCommand,
    },
    {
      name: "pipeline ls",
      summary: "List pipelines that ran here, and the folders that they read",
      load: async () => (await import("../commands/pipeline/pipeline-ls.ts")).pipelineLsCommand,
    },
    {
      name: "pipeline show",
      summary: "Show a commit: what it was made of, and what became of each datum",
      load: async () => (await import("../commands/pipeline/pipeline-show.ts")).pipelineShowCommand,
    },
    {
      name: "pipeline get",
      summary: "Copy the output of a pipeline to a folder",
      load: async () => (await import("../commands/pipeline/pipeline-get.ts")).pipelineGetCommand,
    },
    {
      name: "pipeline import",
      summary: "Make pipeline.yaml of a pipeline specification of Pachyderm's",
      load: async () => (await import("../commands/pipeline/pipeline-import.ts")).pipelineImportCommand,
    },
  ],
}
