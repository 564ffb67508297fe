import type { CommandGroup } from "../command.ts"

export const JOBS: CommandGroup = {
  title: "Jobs",
  rows: [
    {
      name: "run",
      summary: "Run a gear, and record everything about it",
      load: async () => (await import("../commands/jobs/run.ts")).runCommand,
    },
    {
      name: "ps",
      summary: "List the jobs that run now",
      load: async () => (await import("../commands/jobs/ps.ts")).psCommand,
    },
    {
      name: "jobs",
      summary: "List the jobs, newest first",
      load: async () => (await import("../commands/jobs/jobs.ts")).jobsCommand,
    },
    {
      name: "logs",
      summary: "Print what a job wrote to stdout and stderr",
      load: async () => (await import("../commands/jobs/logs.ts")).logsCommand,
    },
    {
      name: "metadata",
      summary: "Show what a job says of its project and files, and apply it",
      load: async () => (await import("../commands/jobs/metadata.ts")).metadataCommand,
    },
    {
      name: "cancel",
      summary: "Stop a job that runs",
      load: async () => (await import("../commands/jobs/cancel.ts")).cancelCommand,
    },
  ],
}
