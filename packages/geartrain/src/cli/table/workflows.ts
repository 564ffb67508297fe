import type { CommandGroup } from "../command.ts"

export const WORKFLOWS: CommandGroup = {
  title: "Workflows: many gears, one graph",
  rows: [
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
  ],
}
