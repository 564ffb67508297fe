import type { CommandGroup } from "../command.ts"

export const BATCHES: CommandGroup = {
  title: "Many at once, and by themselves, on a server",
  rows: [
    {
      name: "batch run",
      summary: "Run a gear on every session of a project, and tell what does not run and why",
      load: async () => (await import("../commands/batch/batch-run.ts")).batchRunCommand,
    },
    {
      name: "batch show",
      summary: "Tell how far a batch is, and what failed, by kind",
      load: async () => (await import("../commands/batch/batch-show.ts")).batchShowCommand,
    },
    {
      name: "batch ls",
      summary: "List the batches of a project",
      load: async () => (await import("../commands/batch/batch-ls.ts")).batchLsCommand,
    },
    {
      name: "batch retry",
      summary: "Try again what failed of a batch, and nothing else",
      load: async () => (await import("../commands/batch/batch-retry.ts")).batchRetryCommand,
    },
    {
      name: "batch cancel",
      summary: "Stop all of a batch that has not ended",
      load: async () => (await import("../commands/batch/batch-cancel.ts")).batchCancelCommand,
    },
    {
      name: "rules ls",
      summary: "List the rules of a project",
      load: async () => (await import("../commands/rules/rules-ls.ts")).rulesLsCommand,
    },
    {
      name: "rules add",
      summary: "Give a project a rule, or tell first what it would start",
      load: async () => (await import("../commands/rules/rules-add.ts")).rulesAddCommand,
    },
    {
      name: "rules explain",
      summary: "Tell why rules fire, or do not, for a file",
      load: async () => (await import("../commands/rules/rules-explain.ts")).rulesExplainCommand,
    },
    {
      name: "rules log",
      summary: "List what the rules of a project decided",
      load: async () => (await import("../commands/rules/rules-log.ts")).rulesLogCommand,
    },
    {
      name: "rules rm",
      summary: "Remove a rule; what it decided stays",
      load: async () => (await import("../commands/rules/rules-rm.ts")).rulesRmCommand,
    },
  ],
}
