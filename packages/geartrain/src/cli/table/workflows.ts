import type { CommandGroup } from "../command.ts"

export const WORKFLOWS: CommandGroup = {
  title: "Workflows: many gears, one graph",
  rows: [
    {
      name: "workflow init",
      summary: "Begin a workflow: three gears, joined, that run at once",
      load: async () => (await import("../commands/workflow/workflow-init.ts")).workflowInitCommand,
    },
    {
      name: "workflow plan",
      summary: "Tell of each job whether it runs or is there already, and why, before anything starts",
      load: async () => (await import("../commands/workflow/workflow-plan.ts")).workflowPlanCommand,
    },
    {
      name: "workflow check",
      summary: "Find everything that is wrong with a workflow, before anything runs",
      load: async () => (await import("../commands/workflow/workflow-check.ts")).workflowCheckCommand,
    },
    {
      name: "workflow run",
      summary: "Run a workflow or a plan: what has not been done yet, in order, as much at one time as there is room",
      load: async () => (await import("../commands/workflow/workflow-run.ts")).workflowRunCommand,
    },
    {
      name: "workflow resume",
      summary: "Go on with a run that was interrupted, paused or failed",
      load: async () => (await import("../commands/workflow/workflow-resume.ts")).workflowResumeCommand,
    },
    {
      name: "workflow status",
      summary: "How far a run is, what failed in it, and what it waits for",
      load: async () => (await import("../commands/workflow/workflow-status.ts")).workflowStatusCommand,
    },
    {
      name: "workflow ls",
      summary: "List the runs of workflows",
      load: async () => (await import("../commands/workflow/workflow-ls.ts")).workflowLsCommand,
    },
    {
      name: "workflow pause",
      summary: "Let the running jobs of a run end, and start nothing new",
      load: async () => (await import("../commands/workflow/workflow-pause.ts")).workflowPauseCommand,
    },
    {
      name: "workflow cancel",
      summary: "End a run and the jobs that run in it",
      load: async () => (await import("../commands/workflow/workflow-cancel.ts")).workflowCancelCommand,
    },
    {
      name: "workflow rm",
      summary: "Forget runs; the records of their jobs stay",
      load: async () => (await import("../commands/workflow/workflow-rm.ts")).workflowRmCommand,
    },
    {
      name: "workflow report",
      summary: "Write a run as one page: graph, timeline, resources, failures, results, provenance",
      load: async () => (await import("../commands/workflow/workflow-report.ts")).workflowReportCommand,
    },
    {
      name: "workflow graph",
      summary: "Draw a workflow, a plan or a run as Mermaid, for Graphviz, or as SVG",
      load: async () => (await import("../commands/workflow/workflow-graph.ts")).workflowGraphCommand,
    },
    {
      name: "workflow trace",
      summary: "Write a table of a run with a row for every try of every job",
      load: async () => (await import("../commands/workflow/workflow-trace.ts")).workflowTraceCommand,
    },
    {
      name: "workflow statistics",
      summary: "Count and add up a run: outcomes, time, memory, and what reuse saved",
      load: async () => (await import("../commands/workflow/workflow-statistics.ts")).workflowStatisticsCommand,
    },
    {
      name: "workflow analyze",
      summary: "Tell why jobs of a run failed, and what to type next",
      load: async () => (await import("../commands/workflow/workflow-analyze.ts")).workflowAnalyzeCommand,
    },
    {
      name: "sweep",
      summary: "Run a gear over a grid of config values, and tell what came out in a table",
      load: async () => (await import("../commands/workflow/sweep.ts")).sweepCommand,
    },
    {
      name: "pegasus plan",
      summary: "Tell what Pegasus would make of a workflow: its jobs, those that it adds, and what it would reuse",
      load: async () => (await import("../commands/pegasus/pegasus-plan.ts")).pegasusPlanCommand,
    },
    {
      name: "pegasus verdict",
      summary: "Tell from what a job of Pegasus printed whether it succeeded",
      load: async () => (await import("../commands/pegasus/pegasus-verdict.ts")).pegasusVerdictCommand,
    },
  ],
}
