import type { Socket } from "node:net"
import { GeartrainError, type JsonObject } from "@geartrain/spec"
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify"
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod"
import { databaseError } from "../database/database-error.ts"
import type { ApiApp } from "../http/api-app.ts"
import { PROBLEM_TYPE, problemOf } from "../http/problem.ts"

/** So many faults of one request are told. */
const MOST_FAULTS = 100

/** Answers every error as a problem, and what no route is for as well. */
export function addErrors(app: ApiApp): void {
  app.setErrorHandler(problemHandler)
  app.setNotFoundHandler((request, reply) =>
    problemHandler(
      new GeartrainError("ROUTE_NOT_FOUND", `The server has nothing at this address for ${request.method}`, {
        hint: "What it has is told by /api/v1/openapi.json",
      }),
      request,
      reply,
    ),
  )
}

export function problemHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = knownError(error)
  const problem = problemOf(known, request.id)
  if (problem.status >= 500) request.log.error({ err: error, req: request, code: problem.code }, "a request failed")
  if (known instanceof GeartrainError && typeof known.details["retryAfterSeconds"] === "number") {
    reply.header("retry-after", String(known.details["retryAfterSeconds"]))
  }
  if (problem.status === 401) reply.header("www-authenticate", "Bearer")
  void reply.status(problem.status).type(PROBLEM_TYPE).send(problem)
}

/** The error in our words, where it is the fault of the request; anything else as it is. */
function knownError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error)
  const { code, statusCode } = error as Partial<FastifyError>
  // Outside of a transaction a database's own errors come as they are.
  if (code === undefined || !code.startsWith("FST_")) return databaseError(error)
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new GeartrainError("REQUEST_TOO_LARGE", "Cannot read the body: it is larger than the server takes")
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_CONTENT_TYPE":
      return new GeartrainError(
        "MEDIA_TYPE_UNSUPPORTED",
        "Cannot read the body: the server takes no such media type here",
        {
          hint: "Send it as application/json",
        },
      )
    default:
      // What else fastify refuses by itself: JSON that is none, lengths that do not fit, addresses that cannot be decoded.
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? new GeartrainError("REQUEST_INVALID", `Cannot read the request: ${error.message}`)
        : error
  }
}

function invalidRequest(error: {
  readonly validation: readonly { instancePath: string; message?: string }[]
  readonly validationContext?: string
}): GeartrainError {
  const place = error.validationContext ?? "body"
  const faults = error.validation.slice(0, MOST_FAULTS).map(
    ({ instancePath, message }): JsonObject => ({
      path: `${place}${instancePath === "/" ? "" : instancePath.replaceAll("/", ".")}`,
      message: message ?? "is not as it should be",
    }),
  )
  const first = faults[0]
  return new GeartrainError(
    "REQUEST_INVALID",
    `Cannot take the request: ${first?.["path"]}: ${first?.["message"]}${faults.length > 1 ? `, and ${faults.length - 1} more` : ""}`,
    { details: { faults }, hint: "What it should be is told by /api/v1/openapi.json" },
  )
}

/** What is no HTTP at all, or has too many headers, never becomes a request: it is answered on the connection itself. */
export function answerBadConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  // The other end is gone already.
  if (error.code === "ECONNRESET" || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW"
  const late = error.code === "ERR_HTTP_REQUEST_TIMEOUT"
  const problem = problemOf(
    tooLarge
      ? new GeartrainError("REQUEST_TOO_LARGE", "Cannot read the request: its headers are larger than the server takes")
      : late
        ? new GeartrainError("REQUEST_TIMED_OUT", "Cannot read the request: its headers did not arrive in time")
        : new GeartrainError("REQUEST_INVALID", "Cannot read the request: it is no HTTP"),
    "",
  )
  const body = JSON.stringify(problem)
  const reason = tooLarge ? "Payload Too Large" : late ? "Request Timeout" : "Bad Request"
  socket.end(
    `HTTP/1.1 ${problem.status} ${reason}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
