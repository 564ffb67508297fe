import type { FastifyReply, FastifyRequest } from "fastify"
import { PROBLEM_TYPE, type Problem } from "../http/problem.ts"

/** An error as Flywheel's clients read it, with our code beside. */
export interface FlywheelError {
  readonly status_code: number
  readonly message: string
  readonly code: string
  readonly hint?: string
  readonly details?: Readonly<Record<string, unknown>>
  /** By which the server's log tells more. */
  readonly request_id?: string
}

/** Says what a problem says in Flywheel's words. */
export function flywheelError(problem: Problem): FlywheelError {
  const { status, detail, code, hint, details, instance } = problem
  return {
    status_code: status,
    message: detail,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
    ...(instance === undefined ? {} : { request_id: instance }),
  }
}

/** Turns problems that are about to be sent into errors of Flywheel's form: status, headers and log are those of all errors. */
export async function sayAsFlywheel(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const type = String(reply.getHeader("content-type") ?? "")
  if (!type.startsWith(PROBLEM_TYPE) || typeof payload !== "object" || payload === null) return payload
  reply.type("application/json; charset=utf-8")
  return flywheelError(payload as Problem)
}
