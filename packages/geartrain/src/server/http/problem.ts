import { CATALOGUE, type ErrorCode, isGeartrainError, type JsonValue } from "@geartrain/spec"
import { z } from "zod"

/** What is told of an error. @see RFC 9457 */
export const PROBLEM = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  instance: z.string().optional(),
})

export type Problem = z.infer<typeof PROBLEM>

export const PROBLEM_TYPE = "application/problem+json"

/** Describes an error for whoever asked. What is nobody's business (stacks, statements) stays in the log, under `instance`. */
export function problemOf(error: unknown, instance: string): Problem {
  if (!isGeartrainError(error)) return failure("SERVER_FAILED", instance)
  const entry = CATALOGUE[error.code satisfies ErrorCode]
  if (entry.http === 500) return failure(error.code, instance)
  return {
    type: `urn:geartrain:error:${error.code}`,
    title: entry.title,
    status: entry.http,
    code: error.code,
    detail: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(error.details ?? {}).length === 0 ? {} : { details: error.details as Record<string, JsonValue> }),
    instance,
  }
}

function failure(code: string, instance: string): Problem {
  return {
    type: "about:blank",
    title: "The server failed",
    status: 500,
    code,
    detail: `The server failed; its log tells more under ${instance}`,
    instance,
  }
}
