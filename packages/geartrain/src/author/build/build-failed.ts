import { GeartrainError } from "@geartrain/spec"
import type { ToolEnd } from "./run-tool.ts"

/** What is known of a build that failed. */
export interface FailureSeen {
  /** The step that failed, as it is written. */
  readonly step?: string
  readonly exitCode?: number
  /** The last lines that tell why. */
  readonly tail: readonly string[]
}

/** Makes the error of a build that failed: which step, how it ended, and the last lines that it wrote. */
export function buildFailed(source: string, end: ToolEnd, seen: FailureSeen): GeartrainError {
  const [program = ""] = end.command
  if (end.cancelled) {
    return new GeartrainError("INTERRUPTED", `Cannot build "${source}": it was interrupted`, { hint: "Build it again" })
  }
  const where = seen.step === undefined ? program : `step "${firstLine(seen.step)}"`
  const message = [
    `Cannot build "${source}": ${where} ${how(end, seen.exitCode)}`,
    ...seen.tail.map((line) => `  ${line}`),
  ]
  return new GeartrainError("BUILD_FAILED", message.join("\n"), {
    details: {
      source,
      command: [...end.command],
      step: seen.step ?? null,
      exitCode: seen.exitCode ?? end.exitCode ?? null,
      tail: [...seen.tail],
    },
    hint: seen.step === undefined ? `See what ${program} says above` : "Change that step, and build again",
  })
}

function how(end: ToolEnd, exitCode: number | undefined): string {
  if (end.timedOut) return "took longer than a build may"
  const code = exitCode ?? end.exitCode
  return code === undefined ? `was ended by ${end.signal ?? "a signal"}` : `failed with exit code ${code}`
}

function firstLine(step: string): string {
  const line = step.split("\n")[0] ?? ""
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
