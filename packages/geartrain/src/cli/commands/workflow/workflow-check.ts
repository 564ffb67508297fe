import type { JsonObject } from "@geartrain/spec"
import type { PlacedFault } from "../../../workflows/read/checked-workflow.ts"
import type { WorkflowCheck } from "../../../workflows/read/read-workflow.ts"
import type { Command, CommandResult } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { shellWord } from "../../output/shell-word.ts"

export const workflowCheckCommand: Command = {
  name: "workflow check",
  arguments: [{ name: "FILE", says: "A workflow. Default: workflow.yaml", optional: true, complete: "file" }],
  flags: {},
  examples: [
    { command: "gear workflow check", says: "What is wrong with workflow.yaml of this folder" },
    { command: "gear workflow check study.yaml --json", says: "The same for programs, with lines and columns" },
  ],
  notes: [
    "Everything is held against everything before anything runs: sources, types of files, config values, conditions, cycles, and the manifests of all gears, also those of sub-workflows. A gear whose sources lie in a folder is not built for that.",
  ],
  exits: "answer",
  exitNotes: { 0: "nothing is wrong", 1: "something is" },
  run: async ({ reply, terminal, settings }, given) => {
    const file = given.words[0] ?? "workflow.yaml"
    const [{ checkWorkflow }, { openGearDescriptions }] = await Promise.all([
      import("../../../workflows/read/read-workflow.ts"),
      import("../../../compose/workflows/describe-step-gear.ts"),
    ])
    const gears = openGearDescriptions(settings())
    try {
      const check = await checkWorkflow(file, gears.describe)
      const { faults } = check
      if (faults.length === 0) {
        const { gpuNotes } = await import("../../../workflows/read/gpu-steps.ts")
        for (const note of gpuNotes(check.documents)) reply.warn(escapeText(note))
        for (const line of summary(file, check)) reply.say(line)
        return { data: dataOf(file, check) }
      }
      const { faultLines } = await import("../../workflow/fault-lines.ts")
      for (const line of await faultLines(faults, terminal)) reply.print(line)
      reply.say(`${formatCount(faults.length, "fault")} in ${escapeText(filesOf(faults))}`)
      return refusal(file, check)
    } finally {
      await gears.close()
    }
  },
}

function filesOf(faults: readonly PlacedFault[]): string {
  const files = [...new Set(faults.map(({ file }) => file))]
  return files.length === 1 ? (files[0] ?? "") : formatCount(files.length, "file")
}

function summary(file: string, { checked, documents }: WorkflowCheck<unknown>): readonly string[] {
  const steps = [...documents.values()].reduce((sum, { workflow }) => sum + Object.keys(workflow.steps).length, 0)
  const inner = documents.size > 1 ? ` in ${formatCount(documents.size, "workflow")}` : ""
  const gears = formatCount(checked?.gears.size ?? 0, "gear")
  return [
    `${escapeText(file)}: ${formatCount(steps, "step")}${inner}, ${gears}: nothing is wrong`,
    `→ gear workflow plan ${shellWord(file)}`,
  ]
}

function refusal(file: string, check: WorkflowCheck<unknown>): CommandResult {
  const [first] = check.faults
  return {
    data: dataOf(file, check),
    exitCode: EXIT_CODES.NO,
    error: {
      code: "WORKFLOW_INVALID",
      message: `${formatCount(check.faults.length, "fault")}, the first at ${first?.file}:${first?.line}: ${first?.problem}`,
      fix: first?.fix ?? null,
      docs: "gear help WORKFLOW_INVALID",
      culprit: "user",
      retryable: false,
    },
  }
}

function dataOf(file: string, { checked, documents, faults }: WorkflowCheck<unknown>): JsonObject {
  return {
    file,
    ...(checked === undefined ? {} : { digest: checked.digest }),
    workflows: [...documents.values()].map(({ path, file: of, workflow: { name, steps } }) => ({
      step: path,
      file: of,
      name,
      steps: Object.keys(steps),
    })),
    faults: faults.map((fault) => ({ ...fault })),
  }
}
