import { GeartrainError } from "@geartrain/spec"
import { WORKFLOW_PLAN_FORMAT, type WorkflowPlan } from "@geartrain/spec/workflow"
import { readFile, stat } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { findPlanFault } from "./find-plan-fault.ts"

/** A plan of a million jobs; a text of JavaScript is not much longer. */
export const MOST_PLAN_BYTES = 480 * 1024 ** 2

/**
 * Reads a plan from its file, and believes nothing of it: that it is whole, that its jobs are each there once, and that each comes after all that it
 * waits for.
 *
 * @throws {GeartrainError} WORKFLOW_NOT_FOUND where there is no file that can be read; WORKFLOW_PLAN_INVALID
 */
export async function readPlan(file: string): Promise<WorkflowPlan> {
  const text = await readText(file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(file, "it is no JSON", { cause: error })
  }
  return checkPlan(value, file)
}

/**
 * Holds a value against what a plan has to be.
 *
 * @param file  What it is called in errors.
 * @throws {GeartrainError} WORKFLOW_PLAN_INVALID
 */
export function checkPlan(value: unknown, file: string): WorkflowPlan {
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined
  if (typeof format !== "string" || !format.startsWith("geartrain-plan/"))
    throw invalid(file, "it is no plan of a workflow")
  if (format !== WORKFLOW_PLAN_FORMAT) {
    const knows = `this program knows ${WORKFLOW_PLAN_FORMAT}`
    throw invalid(file, `its format is ${JSON.stringify(format)}, and ${knows}`, {
      hint: "Make it anew with this program: gear workflow plan FILE --out PLAN",
    })
  }
  const fault = findPlanFault(value as Readonly<Record<string, unknown>>)
  if (fault !== undefined) throw invalid(file, fault)
  return value as WorkflowPlan
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > MOST_PLAN_BYTES) throw invalid(file, `it has ${size} bytes, and a plan at most ${MOST_PLAN_BYTES}`)
    return await readFile(file, "utf8")
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    const is =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : `it cannot be read (${code})`
    throw invalid(file, is, { code: "WORKFLOW_NOT_FOUND", cause: error })
  }
}

function invalid(
  file: string,
  is: string,
  options: {
    readonly code?: "WORKFLOW_PLAN_INVALID" | "WORKFLOW_NOT_FOUND"
    readonly hint?: string
    readonly cause?: unknown
  } = {},
): GeartrainError {
  return new GeartrainError(options.code ?? "WORKFLOW_PLAN_INVALID", `Cannot read plan "${file}": ${is}`, {
    details: { file },
    hint: options.hint ?? "Make it anew: gear workflow plan FILE --out PLAN",
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  })
}
