import { GeartrainError, isGeartrainError, type JsonValue } from "@geartrain/spec"

/**
 * Says of what a server refuses which word of the command line it is: people know their flags, and not the server's members.
 *
 * @param words  What was typed as what, by the member of the request's body: `{ email: ["--email", "nonsense"] }`.
 * @returns the error to throw: as it came, where it is about something else.
 */
export function inWordsOf(
  error: unknown,
  command: string,
  words: Readonly<Record<string, readonly [word: string, typed: string]>>,
): unknown {
  if (!isGeartrainError(error, "REQUEST_INVALID")) return error
  const faults = Array.isArray(error.details["faults"]) ? (error.details["faults"] as readonly JsonValue[]) : []
  for (const fault of faults) {
    const { path, message } = Object(fault) as { readonly path?: JsonValue; readonly message?: JsonValue }
    const member = String(path).replace(/^body\./, "")
    const given = Object.hasOwn(words, member) ? words[member] : undefined
    if (given === undefined) continue
    const [word, typed] = given
    return new GeartrainError("USAGE", `Cannot take ${word} "${typed}": ${String(message)}`, {
      details: { command },
      hint: `Write it otherwise: gear ${command} --help`,
      cause: error,
    })
  }
  return error
}
