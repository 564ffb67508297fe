import { CATALOGUE, type Details, type ErrorCode, GeartrainError } from "@geartrain/spec"

/**
 * The error that a server answered with, under its own code, so that programs look at `code` wherever it happened.
 *
 * @param body  The parsed body; anything at all, since what stands between may answer as well.
 * @see RFC 9457
 */
export function errorOfReply(status: number, body: unknown): GeartrainError {
  const problem = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const code = problem["code"]
  const told = textOf(problem["detail"]) ?? textOf(problem["title"])
  const details: Details = { ...(isRecord(problem["details"]) ? (problem["details"] as Details) : {}), status }
  const hint = textOf(problem["hint"])
  if (typeof code === "string" && Object.hasOwn(CATALOGUE, code)) {
    return new GeartrainError(code as ErrorCode, told ?? CATALOGUE[code as ErrorCode].title, {
      details,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  if (typeof code === "string") {
    return new GeartrainError("SERVER_REFUSED", told ?? `The server refused: ${code}`, {
      details: { ...details, code },
      hint: hint ?? "The server is newer than this program; update it to see all that the server says",
    })
  }
  return new GeartrainError(
    "SERVER_REPLY_UNREADABLE",
    `Something answered with ${status} that is no Geartrain server`,
    {
      details,
      hint: "Check the address of the server, and what stands between: a proxy, or a page to log in to a network",
    },
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
