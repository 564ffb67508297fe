import type { InvocationInput, JsonObject } from "@geartrain/spec"
import type { JobPlan } from "../../engine/phases/plan-job.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"
import { valueText } from "../pages/value-text.ts"

/** An input may have thousands of files. */
const MOST_INPUTS = 20

/** What a job would be, for people. */
export function dryRunLines(plan: JobPlan, provider: string, paint: Paint): string[] {
  const { invocation, gear } = plan
  const { destination } = invocation
  const all = Object.entries(invocation.inputs)
  const more = all.length > MOST_INPUTS ? [[paint.dim("inputs"), `… and ${all.length - MOST_INPUTS} more`]] : []
  const inputs = all.slice(0, MOST_INPUTS).map(([name, input]) => {
    const value = input.base === "file" ? `${plan.inputs.get(name) ?? input.name}  ${input.digest}` : contextText(input)
    return [paint.dim(`input ${escapeText(name)}`), escapeText(value)]
  })
  const config = Object.entries(invocation.config).map(([name, value]) => [
    paint.dim(`config ${escapeText(name)}`),
    valueText(value),
  ])
  return [
    `Would run ${paint.bold(`${gear.manifest.name}@${escapeText(gear.manifest.version)}`)} with ${provider}; nothing was run`,
    ...textTable(
      [{ title: "" }, { title: "" }],
      [
        [paint.dim("gear"), gear.id],
        [paint.dim("invocation"), plan.invocationDigest],
        [paint.dim("command"), escapeText(plan.process.command.join(" "))],
        [paint.dim("network"), invocation.network],
        ...(destination === undefined
          ? []
          : [[paint.dim("destination"), escapeText(`${destination.type} ${destination.id}`)]]),
        ...inputs,
        ...more,
        ...config,
      ],
    ),
  ]
}

function contextText(input: Exclude<InvocationInput, { readonly base: "file" }>): string {
  if (input.base === "api-key") return "a key, which is not recorded"
  return input.found ? valueText(input.value) : "not found"
}

/** The same for programs. */
export function dryRunData(plan: JobPlan, provider: string): JsonObject {
  const { invocation, invocationDigest, limits, process } = plan
  return {
    provider,
    invocationDigest,
    invocation: { ...invocation } as unknown as JsonObject,
    command: [...process.command],
    limits: { ...limits } as JsonObject,
  }
}
